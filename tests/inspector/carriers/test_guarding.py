from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pytest

from inspector.carriers.base import (
    CARRIER_FAILURE,
    CarrierWarning,
    Cost,
    Errand,
    Express,
    Recognition,
    Skipped,
    Span,
    Taken,
    Transfer,
    Trouble,
    Unit,
    Verdict,
)
from inspector.carriers.guarding import Guarded, GuardedTalk
from inspector.carriers.testing import check_cuts, check_losses, check_noise
from protocol import Event, JsonText, Request, Response
from tests.inspector.carriers.lines import Lines, LinesTalk
from tests.inspector.carriers.test_testing import LINES

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.carriers.base import Concealment, Talk


class Failing(Lines):
    """Fails wherever it is asked."""

    def recognise(self, beginning: bytes) -> Recognition | Verdict:
        raise ValueError(beginning)

    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:
        raise KeyError(middle, boundary)

    def cost(self, taken: Taken) -> Cost | None:
        raise OSError(taken)

    def explain(self, unit: Unit) -> str:
        raise RuntimeError(unit.end)

    def measure(self, transfer: Transfer) -> str:
        raise LookupError(transfer.end)

    def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:  # noqa: ARG002
        raise ZeroDivisionError(conceal)


class Odd(Lines):
    """Returns what cannot be."""

    def recognise(self, beginning: bytes) -> Recognition | Verdict:
        return Recognition(len(beginning))

    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:  # noqa: ARG002
        return (0, None)  # type: ignore[return-value]

    def cost(self, taken: Taken) -> Cost | None:  # noqa: ARG002
        return Cost("many", "x")  # type: ignore[arg-type]

    def explain(self, unit: Unit) -> str:  # noqa: ARG002
        return 7  # type: ignore[return-value]


_UNIT = Errand(side=0, begin=0, end=1, verb="x")
_TRANSFER = Transfer(side=0, begin=0, end=1, packet=Event("a"), body=b"{}")


def test_a_carrier_that_works_is_what_it_is() -> None:
    guarded = Guarded(Lines())

    assert (guarded.name, guarded.title, guarded.reach) == ("lines", "Lines", 1)
    assert (guarded.brokered, guarded.queued) == (False, False)
    assert guarded.cost(Taken("event")) == Cost(1, "line")
    assert guarded.explain(_UNIT) == "line"
    assert guarded.measure(_TRANSFER) == "1 line"
    assert guarded.recognise(b"") is Verdict.UNDECIDED
    assert guarded.recognise(b"!") == Recognition()
    check_cuts(guarded, LINES)
    check_losses(guarded, LINES)
    check_noise(guarded, [LINES])


@pytest.mark.parametrize(
    ("ask", "answer", "words"),
    [
        (lambda each: each.recognise(b"!"), Verdict.OTHER, r"recognise: ValueError: b"),
        (lambda each: each.find(b"!", boundary=True), None, r"find: KeyError: \(b'!'"),
        (lambda each: each.cost(Taken("event")), None, r"cost: OSError: Taken"),
        (lambda each: each.explain(_UNIT), "", r"explain: RuntimeError: 1 \(test_gu"),
        (lambda each: each.measure(_TRANSFER), "", r"measure: LookupError: 1 \("),
    ],
)
def test_what_raises_answers_and_warns_once(
    ask: Callable[[Guarded], object], answer: object, words: str
) -> None:
    guarded = Guarded(Failing())
    with pytest.warns(CarrierWarning, match=rf"^carrier lines fails to {words}"):
        assert ask(guarded) == answer
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ask(guarded) == answer


@pytest.mark.parametrize(
    ("ask", "answer", "words"),
    [
        (lambda each: each.recognise(b"!"), Verdict.OTHER, "is not a place in 1 bytes"),
        (
            lambda each: each.find(b"!", boundary=True),
            None,
            r"\(0, None\) is not a place",
        ),
        (lambda each: each.cost(Taken("event")), None, "cost: TypeError: packets of"),
    ],
)
def test_what_cannot_be_is_no_answer(
    ask: Callable[[Guarded], object], answer: object, words: str
) -> None:
    with pytest.warns(CarrierWarning, match=words):
        assert ask(Guarded(Odd())) == answer


def test_words_are_text_whatever_they_are() -> None:
    assert Guarded(Odd()).explain(_UNIT) == "7"


def test_a_talk_that_cannot_begin_is_trouble_with_the_first_bytes() -> None:
    talk = Guarded(Failing()).talk(None, whole=True)

    assert talk.client is None
    assert talk.express(0) is None
    with pytest.warns(CarrierWarning, match="fails to read: ZeroDivisionError: None"):
        (trouble,) = talk.receive(0, b"abc", 0)
    assert isinstance(trouble, Trouble)
    assert (trouble.code, trouble.begin, trouble.end) == (CARRIER_FAILURE, 3, 3)
    assert trouble.detail.startswith("ZeroDivisionError: None (test_guarding.py:")


class Changing(LinesTalk):
    """Does once what a test says, in one of its parts."""

    part = "receive"
    answer: Any = None

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401
        if name != object.__getattribute__(self, "part"):
            return object.__getattribute__(self, name)
        answer = object.__getattribute__(self, "answer")
        if isinstance(answer, Exception):
            raise answer
        return lambda *_: answer


def _talk(part: str, answer: object) -> GuardedTalk:
    class Carrier(Lines):
        def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:  # noqa: ARG002
            inner = Changing()
            inner.part, inner.answer = part, answer
            return inner

    talk = Guarded(Carrier()).talk(None, whole=True)
    assert isinstance(talk, GuardedTalk)
    return talk


def _read_twice(talk: GuardedTalk) -> list[Unit]:
    """Let both be asked what an inspection asks with each chunk."""
    read = talk.receive(1, b"!one\n", 0)
    assert (talk.buffered(1), talk.begun(1)) == (0, 0)
    assert talk.express(1) is None
    assert talk.client in {None, 0}
    assert talk.plain == 0
    return read + talk.receive(1, b"!two\n", 0)


@pytest.mark.parametrize(
    "part", ["receive", "buffered", "begun", "express", "client", "plain"]
)
def test_a_talk_that_fails_is_trouble_once_and_then_nothing_is_read(part: str) -> None:
    talk = _talk(part, ValueError("no such bird"))
    with pytest.warns(CarrierWarning, match="rest of its connection is not read$"):
        read = _read_twice(talk)
    (trouble,) = (each for each in read if isinstance(each, Trouble))

    assert trouble.code == CARRIER_FAILURE
    assert "ValueError: no such bird (" in trouble.detail
    assert talk.receive(0, b"!three\n", 0) == [Skipped(side=0, begin=0, end=7)]
    assert talk.receive(1, b"!four\n", 0) == [Skipped(side=1, begin=10, end=16)]
    assert (talk.lose(0), talk.finish(0, 0, "end")) == ([], [])
    assert (talk.received(0), talk.received(1)) == (7, 16)
    assert (talk.buffered(0), talk.begun(0), talk.plain) == (0, 0, 0)
    assert talk.express(0) is None
    assert talk.client is None
    talk.client = 1
    assert talk.client is None


def _unit(begin: int, end: int, side: int = 0, secret: Any = ()) -> Unit:  # noqa: ANN401
    return Errand(side=side, begin=begin, end=end, secret=secret, verb="x")


def _transfer(packet: object, body: object = b"{}") -> Unit:
    return Transfer(side=0, begin=0, end=1, packet=packet, body=body)  # type: ignore[arg-type]


_JSON = JsonText(b"[1]")
_BYTES: Any = b"1"
_OBJECT: Any = object()


@pytest.mark.parametrize(
    ("units", "words"),
    [
        (None, "TypeError"),
        (["x"], "TypeError: str is not a unit"),
        ([_unit(0, 6)], "a unit at 0 to 6 of 5 bytes"),
        ([_unit(-1, 2)], "a unit at -1 to 2 of 5 bytes"),
        ([_unit(3, 2)], "a unit at 3 to 2 of 5 bytes"),
        ([_unit(0, 1, side=1)], "a unit at 0 to 1 of 5 bytes"),
        ([_unit(0, 1), _unit(0, 9)], "a unit at 0 to 9 of 5 bytes"),
        ([_unit(1, 3, secret=((0, 2),))], "a secret at 0 to 2 outside of its unit"),
        ([_unit(1, 3, secret=((2, 4),))], "a secret at 2 to 4 outside of its unit"),
        ([_unit(1, 3, secret=((3, 2),))], "a secret at 3 to 2 outside of its unit"),
        ([_unit(1, 3, secret=(1, 3))], "TypeError"),
        ([_transfer("sum")], "TypeError: str is not a packet"),
        ([_transfer(Event(_OBJECT))], "EncodeError"),
        ([_transfer(Request("sum", _OBJECT))], "EncodeError"),
        ([_transfer(Event("a", _BYTES))], "a payload is a JsonText, not bytes"),
        ([_transfer(Event("a", JsonText(b"[1")))], "Error"),
        ([_transfer(Event("a", metadata=JsonText(b"x")))], "Error"),
        ([_transfer(Response(1, JsonText(b"x")))], "Error"),
        ([_transfer(Response(1, err=JsonText(b"x")))], "Error"),
        ([_transfer(Response(1, status=JsonText(b"x")))], "Error"),
        ([_transfer(Response(1, extra={"a": JsonText(b"x")}))], "Error"),
        ([_transfer(Event("a"), "{}")], "body of Transfer is of type str"),
    ],
)
def test_units_that_cannot_be_are_a_failure(units: object, words: str) -> None:
    talk = _talk("receive", units)
    with pytest.warns(CarrierWarning):
        (trouble,) = talk.receive(0, b"12345", 0)

    assert isinstance(trouble, Trouble)
    assert words in trouble.detail


@pytest.mark.parametrize(
    "unit",
    [
        _unit(0, 5),
        _unit(5, 5),
        _unit(1, 3, secret=(Span(1, 3), Span(2, 2))),
        _transfer(Event("a", _JSON, _JSON, {"b": _JSON})),
        _transfer(Request({"cmd": 1}, None, _JSON)),
        _transfer(Response(1.5, _JSON, _JSON, status=_JSON), memoryview(b"")),
    ],
)
def test_units_that_can_be_are_passed_on(unit: Unit) -> None:
    assert _talk("receive", [unit]).receive(0, b"12345", 0) == [unit]


@pytest.mark.parametrize(("said", "kept"), [(3, 3), (5, 5), (6, 5), (-1, 0), (True, 1)])
@pytest.mark.parametrize("part", ["buffered", "begun"])
def test_no_more_is_kept_than_was_received(part: str, said: int, kept: int) -> None:
    talk = _talk(part, said)
    talk.receive(0, b"12345", 0)

    assert getattr(talk, part)(0) == kept


@pytest.mark.parametrize("part", ["lose", "finish"])
def test_what_is_left_is_checked_too(part: str) -> None:
    talk = _talk(part, [_unit(0, 1)])
    talk.receive(0, b"12345", 0)
    assert (talk.lose(0) if part == "lose" else talk.finish(0, 0, "end")) == [
        _unit(0, 1)
    ]
    broken = _talk(part, OSError())
    with pytest.warns(CarrierWarning, match=r"fails to read: OSError \("):
        (trouble,) = broken.lose(0) if part == "lose" else broken.finish(0, 0, "end")
    assert trouble.end == 0


def test_who_asks_is_a_side_and_can_be_learnt() -> None:
    talk = Guarded(Lines()).talk(None, whole=True)
    assert talk.client == 0
    talk.client = 1
    assert talk.client == 1
    talk.client = 7
    assert talk.client is None


class _Way:
    def __init__(self, answer: object) -> None:
        self._answer = answer

    def read_whole(self, data: bytes) -> Any:  # noqa: ANN401
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer if data else None


def _way(answer: object) -> tuple[GuardedTalk, Express]:
    talk = _talk("express", _Way(answer))
    way = talk.express(1)
    assert way is not None
    return talk, way


def test_an_express_way_reads_what_it_reads() -> None:
    trouble = Trouble(side=1, begin=0, end=5, code="x", detail="")
    for answer in (Event("a", _JSON), trouble):
        talk, way = _way(answer)
        assert way.read_whole(b"12345") is answer
        assert talk.received(1) == 5
        assert way.read_whole(b"") is None
        assert (talk.received(0), talk.received(1)) == (0, 5)


@pytest.mark.parametrize("answer", [ValueError("x"), Event("a", JsonText(b"x")), "a"])
def test_an_express_way_that_fails_is_trouble_once(answer: object) -> None:
    talk, way = _way(answer)
    with pytest.warns(CarrierWarning, match="fails to read"):
        trouble = way.read_whole(b"12345")

    assert isinstance(trouble, Trouble)
    assert (trouble.code, trouble.end) == (CARRIER_FAILURE, 5)
    assert way.read_whole(b"12345") is None
    assert talk.receive(1, b"67", 0) == [Skipped(side=1, begin=5, end=7)]


def test_of_what_is_concealed_a_failure_says_nothing() -> None:
    class Hidden:
        hides_channels = False

        def body(self, text: bytes) -> bytes:
            return text

        channel = addressed = body

        def words(self, words: str) -> str:
            return words

    class Carrier(Lines):
        def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:  # noqa: ARG002
            raise ValueError("password: secret")

    talk = Guarded(Carrier()).talk(Hidden(), whole=True)
    with pytest.warns(CarrierWarning) as caught:
        (trouble,) = talk.receive(0, b"!", 0)

    assert isinstance(trouble, Trouble)
    assert trouble.detail.startswith("ValueError (test_guarding.py:")
    assert "secret" not in f"{caught[0].message}"


def test_each_failing_talk_is_trouble_and_the_first_a_warning() -> None:
    guarded = Guarded(Failing())
    with pytest.warns(CarrierWarning) as caught:
        units = [guarded.talk(None, whole=True).receive(0, b"!", 0) for _ in range(3)]

    assert [type(each) for (each,) in units] == [Trouble] * 3
    assert len(caught) == 1


def test_of_what_is_found_here_no_place_is_said() -> None:
    talk = _talk("receive", ["x"])
    with pytest.warns(CarrierWarning, match=r"TypeError: str is not a unit; the rest"):
        talk.receive(0, b"1", 0)
