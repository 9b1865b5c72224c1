from __future__ import annotations

import pytest

from inspector.calls.unframed import OTHER, judged_unframed, kind_of, seems_nest
from inspector.carriers.base import Recognition, Verdict

_JSON = b'{"pattern":"sum","data":[1],"id":"1"}'
KINDS = {
    _JSON: "JSON without a length",
    b"\n [1]": "JSON without a length",
    b"37" + _JSON: "JSON after a length without #",
    b"37:" + _JSON + b",": "a netstring",
    b"Content-Length: 37\r\n\r\n" + _JSON: "JSON after a Content-Length header",
    b"\x00\x00\x00%" + _JSON: "JSON after a binary length",
    b"\x00%" + _JSON: "JSON after a binary length",
    b"hello nest\n": OTHER,
    b"": OTHER,
}


@pytest.mark.parametrize("beginning", KINDS)
def test_ways_to_delimit_json_are_known(beginning: bytes) -> None:
    assert kind_of(beginning) == KINDS[beginning]
    assert seems_nest(beginning) == (b"pattern" in beginning)


def test_a_text_about_patterns_is_not_nests() -> None:
    assert not seems_nest(b'hello "pattern": 1')
    assert not seems_nest(b'{"id":1}')


def test_what_a_carrier_may_still_read_is_not_unframed() -> None:
    assert judged_unframed(Verdict.OTHER, _JSON)
    assert not judged_unframed(Verdict.UNDECIDED, _JSON)
    assert not judged_unframed(Recognition(), _JSON)
    assert not judged_unframed(Verdict.OTHER, _JSON + b"#")
    assert not judged_unframed(Verdict.OTHER, b"hello")
