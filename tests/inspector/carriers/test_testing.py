from __future__ import annotations

from itertools import combinations, starmap
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.carriers.base import Recognition, Unit, Verdict
from inspector.carriers.nest_tcp.carrier import carrier as nest_tcp
from inspector.carriers.testing import (
    MUST_DECIDE,
    Loss,
    Turn,
    check_carrier,
    check_cuts,
    check_joining,
    check_losses,
    check_noise,
    check_recognition,
)
from protocol import Event, LengthUnit, encode_packet
from tests.inspector.carriers.lines import Lines, LinesTalk
from tests.inspector.conversation import event, failure, request, response
from tests.inspector.scenes import counted_in

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Express, Talk

LINES = [
    Turn(0, b"!one\n!two\n"),
    Turn(1, b"!three\n"),
    Turn(0, b"x\n!fo"),
    Turn(1, b"!five\n!six\n"),
    Turn(0, b"ur\n!seven\n"),
]


class Broken(Lines):
    """Lines, read by another talk."""

    kind: type[LinesTalk] = LinesTalk

    def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:  # noqa: ARG002
        return self.kind()


def _read_by(kind: type[LinesTalk]) -> Lines:
    broken = Broken()
    broken.kind = kind
    return broken


def test_a_carrier_that_keeps_all_of_them_passes() -> None:
    check_carrier(Lines(), [LINES, LINES[:1]])


# — Nest's TCP —

WORDS = st.text(alphabet="a é求😀", max_size=8)
MALFORMED = ["{'é':'😀'}".encode(), b"[1,2,", b'{"a":1}', b"{'e':1}", b'"5"']


@st.composite
def nest_turns(draw: st.DrawFn) -> list[Turn]:
    """Draw a conversation: each side counts in a unit of its own."""
    units = [draw(st.sampled_from(LengthUnit)) for _ in range(2)]
    turns = []
    for number in range(draw(st.integers(1, 4))):
        asked = request({"cmd": "greet"}, str(number), [draw(WORDS)])
        turns.append(Turn(0, counted_in(units[0], asked)))
        if draw(st.booleans()):
            wide = MALFORMED[:1] if units[0] is LengthUnit.UTF16 else []
            body = draw(st.sampled_from(MALFORMED[1:] + wide))
            malformed = b"%d#%b" % (units[0].count(body), body)
            turns.append(Turn(0, malformed + encode_packet(event("a"))))
        last = draw(st.booleans())
        answer = response(str(number), draw(WORDS), last=last)
        turns.append(Turn(1, counted_in(units[1], answer)))
        if not last:
            turns.append(Turn(1, encode_packet(failure(str(number), "no"))))
    return turns


@given(nest_turns(), st.data())
def test_nests_tcp_reads_the_same_however_it_is_cut(
    turns: list[Turn], data: st.DataObject
) -> None:
    size = sum(len(turn.data) for turn in turns)
    check_cuts(nest_tcp, turns, cuts=data.draw(st.sets(st.integers(1, size))))


@given(nest_turns(), st.data())
def test_nests_tcp_finds_the_next_frame_after_a_loss(
    turns: list[Turn], data: st.DataObject
) -> None:
    side = data.draw(st.integers(0, 1))
    size = sum(len(turn.data) for turn in turns if turn.side == side)
    begin = data.draw(st.integers(0, size - 1))
    loss = Loss(side, begin, data.draw(st.integers(begin + 1, size)))
    check_losses(nest_tcp, turns, losses=[loss], seed=data.draw(st.integers()))


@given(nest_turns(), st.integers())
def test_no_bytes_make_nests_tcp_raise(turns: list[Turn], seed: int) -> None:
    check_noise(nest_tcp, [turns], rounds=3, seed=seed)


@given(nest_turns())
def test_nests_tcp_is_known_by_its_beginning(turns: list[Turn]) -> None:
    check_recognition(nest_tcp, turns)


# — what lacks a property is caught —


class Forgetful(LinesTalk):
    """Begins anew with each piece."""

    def receive(self, side: int, data: bytes, time_ns: int) -> list[Unit]:
        self.kept[side] = b""
        return super().receive(side, data, time_ns)


class Misplacing(LinesTalk):
    """Gives places from where the piece begins."""

    def receive(self, side: int, data: bytes, time_ns: int) -> list[Unit]:
        begin, units = self.places[side], super().receive(side, data, time_ns)
        return [
            msgspec.structs.replace(each, begin=max(each.begin, begin))
            for each in units
        ]


class Mixing(LinesTalk):
    """Has one memory for both sides."""

    def receive(self, side: int, data: bytes, time_ns: int) -> list[Unit]:
        self.kept[side] = self.kept[1 - side] or self.kept[side]
        units = super().receive(side, data, time_ns)
        self.kept[1 - side] = self.kept[side]
        return [
            msgspec.structs.replace(each, begin=max(each.begin, 0)) for each in units
        ]

    def buffered(self, side: int) -> int:
        return min(super().buffered(side), self.places[side])

    begun = buffered


class OneEvent:
    """Reads every piece as one event of one name."""

    def __init__(self, talk: LinesTalk) -> None:
        self._talk = talk

    def read_whole(self, data: bytes) -> Event | None:
        if not (data.startswith(b"!") and data.endswith(b"\n")):
            return None
        self._talk.places[0] += len(data)
        return Event("one")


class Hasty(LinesTalk):
    """Has an express way that reads something else."""

    def express(self, side: int) -> Express | None:
        return None if side or self.kept[0] else OneEvent(self)


@pytest.mark.parametrize("kind", [Forgetful, Misplacing, Mixing, Hasty])
def test_units_that_depend_on_the_cuts_are_caught(kind: type[LinesTalk]) -> None:
    broken = _read_by(kind)

    with pytest.raises(AssertionError, match=r"number \d+ differs .*cut at \["):
        check_cuts(broken, LINES)


class Raising(LinesTalk):
    def receive(self, side: int, data: bytes, time_ns: int) -> list[Unit]:
        data.decode()
        return super().receive(side, data, time_ns)


class Overfull(LinesTalk):
    def buffered(self, side: int) -> int:
        return 2 * super().buffered(side)


class Inventive(LinesTalk):
    def unit(self, side: int, begin: int, end: int, line: bytes) -> Unit:
        return super().unit(side, begin, end + 1_000, line)


class Backward(LinesTalk):
    def receive(self, side: int, data: bytes, time_ns: int) -> list[Unit]:
        return super().receive(side, data, time_ns)[::-1]


class Confused(LinesTalk):
    def unit(self, side: int, begin: int, end: int, line: bytes) -> Unit:
        return super().unit(1 - side, begin, end, line)


class Miscounting(LinesTalk):
    def received(self, side: int) -> int:
        return super().received(side) - self.buffered(side)


class Keeping(LinesTalk):
    def lose(self, side: int) -> list[Unit]:  # noqa: ARG002
        return []


class Failing(LinesTalk):
    def finish(self, side: int, time_ns: int, cause: str) -> list[Unit]:
        raise OSError(side, time_ns, cause)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Raising, r"Raising.receive\(.*\) raised UnicodeDecodeError"),
        (Overfull, r"of \d+ bytes it keeps \d+ and has begun"),
        (Inventive, r"end=\d+.* of \d+ bytes"),
        (Backward, r"after one that ends at \d+"),
        (Confused, "bytes of side 1 completed"),
        (Miscounting, r"it received \d+ bytes of \d+"),
        (Keeping, r"after a loss it keeps \d+ bytes"),
        (Failing, r"Failing.finish\(0, .*\) raised OSError"),
    ],
)
def test_what_noise_brings_about_is_caught(kind: type[LinesTalk], words: str) -> None:
    broken = _read_by(kind)

    with pytest.raises(AssertionError, match=words):
        check_noise(broken, [LINES])


class Undecided(Lines):
    def recognise(self, beginning: bytes) -> Recognition | Verdict:
        return Verdict.UNDECIDED if beginning else super().recognise(beginning)


class FarFetched(Lines):
    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:
        return Recognition(len(middle)) if boundary else None


class Speechless(Lines):
    def explain(self, unit: Unit) -> str:
        raise KeyError(unit.end)


class Judging(Lines):
    def recognise(self, beginning: bytes) -> Recognition | Verdict:
        return Recognition(-1) if beginning else Verdict.UNDECIDED


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (Undecided(), "65,536 random bytes leave it undecided"),
        (FarFetched(), r"Recognition\(place=\d+, asks=None\) is not a place"),
        (Speechless(), r"Speechless.explain\(.*\) raised KeyError"),
        (Judging(), r"Recognition\(place=-1, asks=None\) is not a place"),
    ],
)
def test_what_a_carrier_says_of_noise_is_caught(broken: Lines, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_noise(broken, [LINES])


class Credulous(Lines):
    """Takes whatever follows for a unit."""

    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:  # noqa: ARG002
        return Recognition() if middle else None


class Blind(Lines):
    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:  # noqa: ARG002
        return None


class ShortSighted(Lines):
    """Needs a byte more than it says."""

    reach = 0


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (Credulous(), r"differs after Loss\(side=\d, begin=\d+, end=\d+\)"),
        (Blind(), r"after Loss\(.*\) \d+ transfers pass unnoticed"),
        (ShortSighted(), r"after Loss\(.*\) \d+ transfers pass unnoticed"),
    ],
)
def test_what_does_not_go_on_after_a_loss_is_caught(broken: Lines, words: str) -> None:
    size = sum(len(turn.data) for turn in LINES if turn.side == 0)
    losses = starmap(Loss, [(0, *each) for each in combinations(range(size + 1), 2)])

    with pytest.raises(AssertionError, match=words):
        check_losses(broken, LINES, losses=losses)


class Agreeing(LinesTalk):
    """Reads only what comes after the first line that it has heard of a side."""

    def __init__(self) -> None:
        super().__init__()
        self.agreed = False

    def unit(self, side: int, begin: int, end: int, line: bytes) -> Unit:
        self.agreed = self.agreed or line == b"!one"
        return super().unit(side, begin, end, line if self.agreed else b"")


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (_read_by(Agreeing), r"number \d+ differs after Loss\(side=0, begin=0, end=10"),
        (Blind(), r"after Loss\(.*\) \d+ transfers pass unnoticed"),
    ],
    ids=["agreeing", "blind"],
)
def test_what_needs_the_beginning_of_a_connection_is_caught(
    broken: Lines, words: str
) -> None:
    with pytest.raises(AssertionError, match=words):
        check_joining(broken, LINES)


def test_a_talk_is_told_that_it_joins() -> None:
    begun: list[bool] = []

    class Asking(Lines):
        def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:
            begun.append(whole)
            return super().talk(conceal, whole=whole)

    check_joining(Asking(), LINES)

    assert begun == [True, *[False] * (len(LINES) - 1)]


def test_transfers_may_be_missed_if_that_is_known() -> None:
    check_losses(Blind(), LINES, missed=5)
    check_joining(Blind(), LINES, missed=5)


class Impatient(Lines):
    """Wants to see two bytes."""

    def recognise(self, beginning: bytes) -> Recognition | Verdict:
        return super().recognise(beginning) if len(beginning) > 1 else Verdict.OTHER


def test_a_beginning_that_is_taken_for_something_else_is_caught() -> None:
    with pytest.raises(AssertionError, match=r"0 bytes of b'!one.*are Verdict.OTHER"):
        check_recognition(Impatient(), LINES)
    with pytest.raises(AssertionError, match="lines recognises neither side"):
        check_recognition(Lines(), [Turn(0, b"x\n"), Turn(1, b"y\n")])


def test_one_side_that_shows_itself_is_enough() -> None:
    check_recognition(Lines(), [Turn(0, b"x\n"), Turn(1, b"!a\n")])


@pytest.mark.parametrize(
    "broken",
    [Impatient(), ShortSighted(), Undecided(), _read_by(Forgetful), _read_by(Raising)],
    ids=lambda each: type(each).__name__,
)
def test_a_carrier_is_held_to_each_of_them(broken: Lines) -> None:
    with pytest.raises(AssertionError):
        check_carrier(broken, [LINES])


def test_the_same_seed_finds_the_same() -> None:
    said = []
    for seed in (1, 1, 2):
        with pytest.raises(AssertionError) as caught:
            check_noise(_read_by(Raising), [LINES], seed=seed)
        said.append(str(caught.value))

    assert said[0] == said[1] != said[2]


def test_it_knows_what_an_inspection_keeps_of_a_beginning() -> None:
    assert MUST_DECIDE == 1 << 16
