"""Cards: results in their order, and texts that fit on a screen."""

from __future__ import annotations

from inspector.conformance.card import (
    Card,
    Check,
    FailedError,
    Outcome,
    Transcript,
    UntriedError,
    judge,
    shown,
)

_CHECK = Check("name", "Does it", "the-unit", "does it too")


def test_a_check_comes_out_by_what_it_raised() -> None:
    transcript = Transcript()
    transcript.add_sent(b"2#{}")
    advice = _CHECK._replace(advice=True)
    results = [
        judge(_CHECK, None, transcript),
        judge(_CHECK, UntriedError("needs more"), transcript),
        judge(advice, FailedError("odd"), transcript),
        judge(_CHECK, FailedError("wrong"), transcript),
    ]

    card = Card("server", "here", results)
    assert [each.outcome for each in card.worst_first()] == list(Outcome)
    assert [each.reason for each in card.worst_first()] == [
        "wrong",
        "odd",
        "needs more",
        "",
    ]
    assert card.worst_first()[0].sent == "2#{}"
    assert card.count(Outcome.FAILED) == 1


def test_the_specification_is_a_page_and_a_heading() -> None:
    assert _CHECK.specification == "docs/wire-format.md#the-unit"


def test_what_passed_is_shortened_and_obeyed_by_no_terminal() -> None:
    assert "\x1b" not in shown([b"a\x1b[2J"])
    assert shown([b"x" * 1_000]).endswith("… (1,000 bytes)")
    assert shown([b"1", b"2", b"3", b"4", b"5"]) == "1  2  3  … 2 more"
