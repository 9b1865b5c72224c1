from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.carriers.base import (
    Recognition,
    Remark,
    Span,
    Trouble,
    Unit,
    Verdict,
)
from inspector.carriers.samples import Loss
from inspector.carriers.trial import (
    Reading,
    Search,
    call,
    find,
    packets,
    recognise,
    short,
)
from protocol import Event
from tests.inspector.carriers.lines import Lines, LinesTalk

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Talk


def _reading() -> Reading:
    return Reading(Lines(), "here")


def test_a_reading_keeps_all_units() -> None:
    reading = _reading()
    first = reading.receive(0, b"!one\nx\n!t")
    second = reading.receive(0, b"wo\n")

    assert packets(first) == [(0, Event("one")), (0, "no-mark")]
    assert packets(second) == [(0, Event("two"))]
    assert reading.units == first + second == reading.extents
    assert reading.finish() == []


def test_no_bytes_are_not_read() -> None:
    assert _reading().receive(0, b"") == []


def test_what_the_cuts_decide_is_left_out_and_places_can_be_moved() -> None:
    reading = _reading()
    trouble = Trouble(side=0, begin=1, end=2, code="a", detail="", lost=7)
    reading.units += [Remark(side=0, begin=0, end=0, code="b"), trouble]
    (found,) = reading.extents_from(0, 10)

    assert found == Trouble(side=0, begin=11, end=12, code="a", detail="", lost=0)
    assert trouble.lost == 7
    assert reading.extents_from(2, 0) == []


def test_a_secret_is_inside_its_unit_and_moves_with_it() -> None:
    class Secretive(LinesTalk):
        def unit(self, side: int, begin: int, end: int, line: bytes) -> Unit:
            unit = super().unit(side, begin, end, line)
            unit.secret = (Span(begin + 1, begin + len(line)),)
            return unit

    reading = _reading()
    reading.talk = Secretive()
    reading.receive(0, b"x\n!one\n")

    assert [each.secret for each in reading.extents_from(1, 10)] == [((13, 16),)]
    with pytest.raises(AssertionError, match="a secret at 8 to 7 is not in"):
        reading.receive(0, b"\n")


def test_a_reading_says_whether_it_has_the_beginning() -> None:
    begun: list[bool] = []

    class Asking(Lines):
        def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:
            begun.append(whole)
            return super().talk(conceal, whole=whole)

    Reading(Asking(), "here")
    Reading(Asking(), "here", whole=False)

    assert begun == [True, False]


def test_after_a_loss_a_unit_is_not_completed() -> None:
    reading = _reading()
    reading.receive(0, b"!on")
    reading.lose(0)

    assert packets(reading.receive(0, b"!two\n")) == [(0, Event("two"))]


def test_what_the_express_way_has_read_counts_as_received() -> None:
    reading = _reading()
    with pytest.raises(AssertionError, match="here: it received 0 bytes of 5"):
        reading.pass_over(0, b"!one\n")


def test_a_search_keeps_no_more_than_the_reach_and_counts_what_it_skips() -> None:
    search = Search(Lines(), Loss(0, 4, 6))

    assert [search.following(piece) for piece in (b"ab", b"c\n", b"!d", b"e")] == [
        b"",
        b"",
        b"!d",
        b"e",
    ]
    assert search.skipped == 2 + 4


def test_where_a_search_begins_a_unit_may_begin() -> None:
    assert Search(Lines(), Loss(0, 4, 6)).following(b"!d") == b"!d"
    later = Search(Lines(), Loss(0, 4, 6))
    assert later.following(b"a!") == b""
    assert later.following(b"d") == b""


class Odd(Lines):
    def __init__(self, judged: object) -> None:
        self.judged = judged

    def recognise(self, beginning: bytes) -> Recognition | Verdict:  # noqa: ARG002
        return self.judged  # type: ignore[return-value]

    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:  # noqa: ARG002
        return self.judged  # type: ignore[return-value]


@pytest.mark.parametrize("judged", [Recognition(0), Recognition(2, asks=True)])
def test_a_place_in_the_bytes_is_one(judged: Recognition) -> None:
    assert recognise(Odd(judged), b"abc") == judged
    assert find(Odd(judged), b"abc", boundary=True) == judged


@pytest.mark.parametrize("judged", [Recognition(3), Recognition(-1), "yes", (0, None)])
def test_what_is_no_place_in_the_bytes_is_wrong(judged: object) -> None:
    for ask in (
        lambda: recognise(Odd(judged), b"abc"),
        lambda: find(Odd(judged), b"abc", boundary=True),
    ):
        with pytest.raises(AssertionError, match="is not a place in b'abc'"):
            ask()


def test_nothing_is_recognised_in_nothing() -> None:
    with pytest.raises(AssertionError, match="not a place"):
        recognise(Odd(Recognition()), b"")
    assert find(Odd(None), b"", boundary=True) is None
    assert recognise(Odd(Verdict.OTHER), b"a") is Verdict.OTHER


def test_what_raises_is_named_with_what_it_was_given() -> None:
    def read(word: str, more: str) -> int:
        return int(word + more)

    with pytest.raises(
        AssertionError, match=r"read\('x', 'y{59}…\) raised ValueError"
    ) as caught:
        call(read, "x", "y" * 100)

    assert isinstance(caught.value.__cause__, ValueError)
    assert call(read, "1", "2") == 12


def test_a_message_names_a_value_in_few_words() -> None:
    assert short(b"abc") == "b'abc'"
    assert len(short(b"a" * 1_000)) == 61


def test_units_stand_in_order_on_their_own_side() -> None:
    reading = _reading()

    def unit(side: int, begin: int, end: int) -> Unit:
        return Remark(side=side, begin=begin, end=end, code="")

    reading.receive(0, b"123456")
    reading.receive(1, b"12")
    for side, wrong in [(0, unit(0, 0, 7)), (1, unit(1, -1, 2)), (0, unit(0, 3, 2))]:
        with pytest.raises(AssertionError, match=r"here: Remark.*bytes"):
            reading._place(side, wrong)  # noqa: SLF001 — the same of any talk
    reading._place(0, unit(0, 0, 6))  # noqa: SLF001
    reading._place(0, unit(0, 6, 6))  # noqa: SLF001
    reading._place(1, unit(1, 0, 1))  # noqa: SLF001
    with pytest.raises(AssertionError, match="after one that ends at 6"):
        reading._place(0, unit(0, 0, 5))  # noqa: SLF001
