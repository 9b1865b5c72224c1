from __future__ import annotations

import pytest

from servers.gateways.members import elements_of, members_of


def test_members_are_the_texts_that_came() -> None:
    assert members_of('{"a": 1.0, "b":{"c":[ ]}}') == {"a": b"1.0", "b": b'{"c":[ ]}'}
    assert members_of(b'{"a":"\\ud800"}') == {"a": b'"\\ud800"'}
    assert members_of("7") == members_of("[]") == {}


def test_elements_are_the_texts_that_came() -> None:
    assert elements_of('[1.0, "a"]') == [b"1.0", b'"a"']
    assert elements_of('["\\ud800",2]') == [b'"\\ud800"', b"2"]


@pytest.mark.parametrize("text", ["", "{", '{"a"', "nope"])
def test_what_is_not_json_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        members_of(text)
    with pytest.raises(ValueError, match=r".+"):
        elements_of(text)
    with pytest.raises(ValueError, match="no array"):
        elements_of("{}")
