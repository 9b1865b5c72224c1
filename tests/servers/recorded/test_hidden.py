from __future__ import annotations

import pytest

from inspector.redaction.texts import Redaction
from protocol import dumps, loads
from servers.recorded.hidden import hidden_places, is_hidden, may_hide


@pytest.mark.parametrize("secret", ["p1", "correct horse", "é求😀!", "作者"])
def test_what_the_inspector_hides_is_recognised(secret: str) -> None:
    text = dumps({"user": "x", "deep": [{"password": secret}]})
    hidden = loads(Redaction(["auto"]).body(text))

    assert list(hidden_places(hidden)) == [("deep", 0, "password")]
    assert list(hidden_places(loads(text))) == []


@pytest.mark.parametrize("value", ["x", "", "xy", "xxl", 11, None, ["xx"]])
def test_what_is_not_hidden(value: object) -> None:
    assert not is_hidden(value)


def test_a_text_without_such_letters_hides_nothing() -> None:
    assert may_hide(b'{"a":"xxx"}')
    assert may_hide('"×"'.encode())
    assert not may_hide(b'{"ax":"bx"}')


def test_an_object_with_a_hidden_key_is_hidden() -> None:
    text = b'{"deep":[{"sk_live_51H8abcdefSECRETabcd1234":1,"a":"b"}],"xx":1}'
    hidden = loads(Redaction(["auto"]).body(text))

    assert list(hidden_places(hidden)) == [("deep", 0)]
    assert list(hidden_places(loads(text))) == []
