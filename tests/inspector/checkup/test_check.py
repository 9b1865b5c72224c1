"""What is said of one thing that was looked at."""

from __future__ import annotations

from inspector.checkup.check import Check, Mark


def test_nothing_is_to_be_mended_unless_a_command_is_named() -> None:
    assert not Check("extras", "live", Mark.GOOD, "scapy 2", "captures").fix


def test_a_mark_is_the_word_that_json_has() -> None:
    assert [str(mark) for mark in Mark] == ["good", "absent", "broken"]
