from __future__ import annotations

from inspector.carriers.base import Idle, Skipped, Trouble
from inspector.carriers.web.messages import Envelope
from inspector.carriers.websocket.making import MALFORMED, REFUSED, Maker, skipped
from inspector.redaction.texts import Redaction

_OPEN = Envelope(3, 10, b"40token", prefix=b"")


def test_an_idle_unit_has_its_bytes() -> None:
    unit = Maker(None).idle(1, _OPEN, "CONNECT", b"40")
    assert unit == Idle(side=1, begin=3, end=10, verb="CONNECT", text=b"40token")


def test_its_bytes_are_hidden_but_for_what_may_be_shown() -> None:
    unit = Maker(Redaction(["auto"])).idle(0, _OPEN, "CONNECT", b"40")
    assert (unit.text, unit.original) == (b"40xxxxx", b"40token")


def test_what_has_no_bytes_of_its_own_is_not_shown() -> None:
    whole = Envelope(0, 5, b"abc", opaque=True)
    unit = Maker(Redaction(["auto"])).idle(0, whole, "body")
    assert (unit.text, unit.original) == (b"", b"")


def test_trouble_is_malformed_unless_it_is_named() -> None:
    maker = Maker(None)
    expected = Trouble(side=0, begin=1, end=2, code=MALFORMED, detail="“it”")
    assert maker.trouble(0, 1, 2, "“it”") == expected
    assert maker.trouble(0, 1, 2, "", REFUSED).code == REFUSED
    quoting = Maker(Redaction(["auto"])).trouble(0, 1, 2, "says “me”")
    assert quoting.detail == "says '…'"


def test_skipped_bytes_say_nothing() -> None:
    assert skipped(1, 2, 3) == Skipped(side=1, begin=2, end=3)
