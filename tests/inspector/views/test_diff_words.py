from __future__ import annotations

from inspector.comparing.comparison import Comparison, PatternDiff, compare
from inspector.contracts.gathering import Key
from inspector.views import diff_words
from tests.inspector.comparing.compared import Call, side_of
from tests.inspector.conversation import MILLISECOND


def compared(before: list[Call], after: list[Call]) -> Comparison:
    return compare(side_of(before, "a.pcap"), side_of(after, "b.pcap"))


def _one(before: list[Call], after: list[Call]) -> PatternDiff:
    (found,) = compared(before, after).both
    return found


_SLOW = [Call(time_ns=9 * MILLISECOND)] * 60
_FAST = [Call(time_ns=2 * MILLISECOND)] * 60
_FAILING = [Call(reply=ValueError("no such\x1b user"))] * 60


def test_the_title_and_the_patterns() -> None:
    found = compared([Call("a")], [Call("a"), Call("b")])

    assert diff_words.title(found) == "a.pcap → b.pcap   1 → 2 exchanges"
    assert diff_words.patterns_words(found) == "1 pattern in both, 1 new, none gone"


def test_the_answer() -> None:
    worse = compared([*_FAST, Call("x", reply={"a": 1})], [*_SLOW, Call("x", reply={})])

    assert diff_words.answer(worse) == (
        False,
        "Of 2 patterns: 1 with payloads that break their readers, 1 slower.",
    )
    assert diff_words.answer(compared(_SLOW, _FAST)) == (
        True,
        "Of 1 pattern: 1 faster.",
    )
    assert diff_words.answer(compared(_FAST, _FAST))[0]
    assert not diff_words.answer(compared([Call("a")], [Call("b")]))[0]


def test_figures_have_the_ratio_of_what_was_judged() -> None:
    cells = [text for text, _ in diff_words.figure_cells(_one(_FAST, _SLOW))]

    assert cells[:2] == ["60 → 60", "0 → 0"]
    assert cells[2] == "2.10 → 9.10  × 4.33"
    assert "×" not in cells[3]
    assert next(diff_words.tail_words(_one(_FAST, _SLOW))).startswith(
        "p90 2.10 → 9.10, × 4.33 ms"
    )


def test_errors_sizes_and_changes_in_words() -> None:
    failing = _one(_FAST, _FAILING)
    large = _one([Call(reply="x")] * 20, [Call(reply="x" * 500)] * 20)
    (change,) = _one([Call(reply={"a": 1})], [Call(reply={})]).changes

    assert list(diff_words.error_words(failing)) == [
        "new error “no such\\u001b user” (60)"
    ]
    assert next(diff_words.size_words(large)).startswith("replies of ")
    assert diff_words.change_words(change) == "reply.a: is gone  (1 of 1 → 0 of 1)"
    assert diff_words.mark_of(change) == ("✗", "error")


def test_how_it_was_judged_is_said() -> None:
    words = diff_words.judged_words(compared([Call()], [Call()]))

    assert "at 1% for all patterns together" in words
    assert words.endswith("1 pattern had too few calls for their times (?).")
    assert "500 µs" in words


def test_the_name_of_a_pattern_says_what_it_is() -> None:
    assert diff_words.name_of(Key('{"cmd":"a"}', "message")) == "cmd:a"
    assert (
        diff_words.name_of(Key("a", "event", pushed=True)) == "a (event) (to clients)"
    )
    assert (
        diff_words.finding_words(compared([Call()], [Call()]))
        == "only before: none   only after: none"
    )
