"""An expression says the same as the equivalent Python on the JSON lines."""

from __future__ import annotations

import json
import operator
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.errors import ExpressionError
from inspector.filters.fields import ALL, QUANTITIES, SPELLED
from inspector.filters.quantities import Quantity
from inspector.filters.selection import compile_selection
from inspector.views.jsonlines import exchange_line
from protocol import JsonText, Response, dumps, loads
from tests.inspector.conversation import (
    CLIENT,
    SECOND,
    SERVER,
    Wire,
    event,
    inspected,
    request,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.calls.exchanges import Exchange

Line = dict[str, Any]
_NOTHING = object()  # absent, in the Python that is compared with


class Said(NamedTuple):
    """The same in the language of expressions and in Python."""

    text: str
    of: Callable[[Line], Any]


def _is_number(value: object) -> bool:
    return type(value) in {int, float}


def _same(left: Any, right: Any) -> bool:  # noqa: ANN401
    """Compare by JSON text: types and values have to agree, keys in any order."""
    if left is _NOTHING or right is _NOTHING:
        return left is right
    return _canonical(left) == _canonical(right)


def _canonical(value: Any) -> str:  # noqa: ANN401
    floats = json.loads(json.dumps(value), parse_int=float)
    return json.dumps(floats, sort_keys=True)


def _order(compare: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:  # noqa: ANN401
    both_text = type(left) is str and type(right) is str
    return (both_text or (_is_number(left) and _is_number(right))) and compare(
        left, right
    )


def _path(line: Line, *keys: str | int) -> Any:  # noqa: ANN401
    value: Any = line
    for key in keys:
        try:
            value = value[key] if not isinstance(value, str) else _NOTHING
        except (KeyError, IndexError, TypeError):
            return _NOTHING
    return value


_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.sampled_from([0.5, 2.5, -1.0, 1e3]),
    st.sampled_from(["", "a", "b", "sum", "ab", "5", "求"]),
)
_json = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "b", "user", "id"]), inner, max_size=3),
    ),
    max_leaves=6,
)
_PATHS: list[tuple[str, tuple[str | int, ...]]] = [
    ("number", ("number",)),
    ("kind", ("kind",)),
    ("outcome", ("outcome",)),
    ("route", ("route",)),
    ("pattern", ("pattern",)),
    ("id", ("id",)),
    ("connection", ("connection",)),
    ("server", ("server",)),
    ("latency", ("latency_ns",)),
    ("duration_ns", ("duration_ns",)),
    ("packets", ("packets",)),
    ("request_packets", ("request_packets",)),
    ("shared_packets", ("shared_packets",)),
    ("data", ("data",)),
    ("data.user", ("data", "user")),
    ("data.user.id", ("data", "user", "id")),
    ('data["a"]', ("data", "a")),
    ("data[0]", ("data", 0)),
    ("replies", ("replies",)),
    ("replies[0].response", ("replies", 0, "response")),
    ("request_bytes", ("request_bytes",)),
]


def _said_path(path: tuple[str, tuple[str | int, ...]]) -> Said:
    return Said(path[0], lambda line: _path(line, *path[1]))


def _said_constant(value: Any) -> Said:  # noqa: ANN401
    return Said(json.dumps(value, ensure_ascii=False), lambda _: value)


_constants = _scalars.map(_said_constant) | st.sampled_from(
    [
        Said("1ms", lambda _: 10**6),
        Said("1.5 s", lambda _: 1_500_000_000),
        Said("2kB", lambda _: 2_000),
        Said("undefined", lambda _: _NOTHING),
        Said('["a", 1, true]', lambda _: ["a", 1, True]),
    ]
)
_operands = st.sampled_from(_PATHS).map(_said_path) | _constants


def _compared(left: Said, sign: str, right: Said) -> Said:
    text = f"{left.text} {sign} {right.text}"
    if sign in {"==", "!="}:
        wanted = sign == "=="
        return Said(text, lambda line: _same(left.of(line), right.of(line)) is wanted)
    compare = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
    return Said(text, lambda line: _order(compare[sign], left.of(line), right.of(line)))


def _matched(left: Said, pattern: str) -> Said:
    def holds(line: Line) -> bool:
        value = left.of(line)
        if value is _NOTHING:
            return False
        text = value if type(value) is str else dumps(value).decode()
        return re.search(pattern, text) is not None

    return Said(f"{left.text} ~ {json.dumps(pattern)}", holds)


def _contained(left: Said, right: Said) -> Said:
    def holds(line: Line) -> bool:
        part, whole = left.of(line), right.of(line)
        if isinstance(whole, list):
            return any(_same(part, each) for each in whole)
        return isinstance(whole, str | dict) and isinstance(part, str) and part in whole

    return Said(f"{left.text} in {right.text}", holds)


def _alone(operand: Said) -> Said:
    return Said(
        operand.text,
        lambda line: (value := operand.of(line)) is not _NOTHING and bool(value),
    )


_SPELLED = {"kind", "outcome"}  # compared with a string they refuse what they never are
_free = _operands.filter(lambda each: each.text not in _SPELLED)


def _fit(left: Said, right: Said) -> bool:
    """Whether neither is a word that never has the type of the other."""
    types = _type_of(left.text), _type_of(right.text)
    typed = left.text in SPELLED or right.text in SPELLED
    same = not typed or None in types or types[0] == types[1]
    return same and _measures(left, right) and _measures(right, left)


def _may_be_in(word: Said, whole: Said) -> bool:
    """Whether a word is not one that is never a member of an array."""
    return SPELLED.get(word.text) != "array" or whole.text[0] != "["


def _measures(word: Said, value: Said) -> bool:
    """Whether a word may be compared with a value: their quantities are the same."""
    measured = QUANTITIES.get(word.text)
    for number, unit in re.findall(r"(?<![\w.\"])(\d[\d.e+]*) ?(ms|s|kB)?", value.text):
        if measured is not None and unit:
            wanted = Quantity.SIZE if unit == "kB" else Quantity.TIME
            if measured.quantity is not wanted:
                return False
        elif measured is not None and measured.hint and float(number):
            return False
    return True


def _type_of(text: str) -> str | None:
    if text in SPELLED:
        return SPELLED[text]
    if text in {"true", "false"}:
        return "boolean"
    firsts = {'"': "string", "[": "array"} | dict.fromkeys("-0123456789", "number")
    return firsts.get(text[0])


_leaves = st.one_of(
    st.tuples(_free, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), _free)
    .filter(lambda each: _fit(each[0], each[2]))
    .map(lambda each: _compared(*each)),
    st.builds(
        _compared,
        st.just(_said_path(("kind", ("kind",)))),
        st.sampled_from(["==", "!="]),
        st.sampled_from([_said_constant("message"), _said_constant("event")]),
    ),
    st.builds(_matched, _operands, st.sampled_from(["a", "^s", "[0-9]{2}", "u.*d"])),
    st.tuples(_operands, _operands)
    .filter(lambda each: _measures(*each) and _may_be_in(*each))
    .map(lambda each: _contained(*each)),
    _operands.map(_alone),
)


def _joined(word: str, left: Said, right: Said) -> Said:
    if word == "and":
        return Said(
            f"({left.text} and {right.text})",
            lambda line: bool(left.of(line)) and bool(right.of(line)),
        )
    return Said(
        f"({left.text} or {right.text})",
        lambda line: bool(left.of(line)) or bool(right.of(line)),
    )


_expressions = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.builds(_joined, st.sampled_from(["and", "or"]), inner, inner),
        inner.map(
            lambda each: Said(f"not ({each.text})", lambda line: not each.of(line))
        ),
    ),
    max_leaves=5,
)
_calls = st.tuples(
    st.sampled_from(["sum", "a", 5, {"cmd": "sum"}]),
    _json,
    st.none() | st.lists(_json, min_size=1, max_size=2),
    st.integers(0, 3).map(lambda seconds: seconds * SECOND // 2),
)


def exchanges_of(calls: list[tuple[Any, Any, list[Any] | None, int]]) -> list[Exchange]:
    """Return the exchanges of calls: pattern, data, replies, and how long they took."""
    wire = Wire()
    talk = wire.connect()
    for number, (pattern, data, replies, waited) in enumerate(calls):
        if replies is None:
            talk.send(CLIENT, event(pattern, data))
            continue
        talk.send(CLIENT, request(pattern, str(number), data))
        wire.wait(waited)
        for place, value in enumerate(replies, start=1):
            last = place == len(replies)
            talk.send(
                SERVER, Response(str(number), JsonText(dumps(value)), is_disposed=last)
            )
    return inspected(wire.records).exchanges


@settings(max_examples=300, deadline=None)
@given(
    st.lists(_calls, min_size=1, max_size=4),
    st.lists(_expressions, min_size=5, max_size=20),
)
def test_an_expression_is_the_equivalent_python(
    calls: list[tuple[Any, Any, list[Any] | None, int]], expressions: list[Said]
) -> None:
    found = exchanges_of(calls)
    lines = [loads(exchange_line(each)) for each in found]
    for said in expressions:
        chosen = compile_selection(said.text)
        expected = [bool(said.of(line)) for line in lines]
        assert [chosen(each) for each in found] == expected, said.text


def test_values_that_nest_too_deep_to_compare_are_not_equal() -> None:
    deep = b"[" * 5_000 + b"]" * 5_000
    wire = Wire()
    talk = wire.connect().send(
        CLIENT, b'%d#{"pattern":"p","id":"1","data":%b}' % (33 + len(deep) - 4, deep)
    )
    talk.send(SERVER, Response("1", JsonText(deep), is_disposed=True))
    (exchange,) = inspected(wire.records).exchanges

    assert compile_selection("data == response")(exchange) in {True, False}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('latency > "5ms"', 11),
        ('"5ms" < latency', 1),
        ('time >= "2026-01-01T00:00:00Z"', 9),
        ("kind == 5", 9),
        ("server != -1", 11),
        ("route == 7", 10),
        ("packets > 2 and kind == latency", 25),
        ("true == latency", 1),
        ('latency / 2 > "1ms"', 15),
        ('latency in ["1ms", "2ms"]', 13),
        ("request_packets == 79", 20),
        ("time > 2", 8),
        ("-2.5 < time", 1),
        ("time > 1795208444s", 8),
        ("latency > 5", 11),
        ("latency + 5 > 10ms", 11),
        ("5 - latency > 10ms", 1),
        ("latency + 3kB > 10ms", 11),
        ("5 < duration", 1),
        ("latency >= -5.5e3", 12),
        ("latency in [0, 5ms, 7]", 21),
        ("latency > 5kB", 11),
        ("latency_ns > 5%", 14),
        ("packets > 2kB", 11),
        ("connection == 1s", 15),
        ("request_bytes > 5ms", 17),
        ("request_bytes + reply_bytes > 5ms", 31),
        ("time > 5kB", 8),
    ],
)
def test_a_comparison_that_never_holds_is_a_mistake(text: str, place: int) -> None:
    with pytest.raises(ExpressionError, match=f"at character {place}") as caught:
        compile_selection(text)
    assert caught.value.place == place


@pytest.mark.parametrize(
    "text",
    [
        "latency > 0 and latency_ns > 5 and latency > 5 ms",
        "bytes > 5 and bytes > 5kB",
        "time_ns > 1795208444s",
        "data.size > 5kB or data.size > 5ms",
        "bytes / packets > 100",
        "latency > duration / 2",
    ],
)
def test_a_number_may_be_compared_with_what_measures_the_same(text: str) -> None:
    assert callable(compile_selection(text))


def test_every_word_that_is_a_number_measures_something() -> None:
    assert QUANTITIES.keys() == {
        word for word, kind in SPELLED.items() if kind == "number"
    }


def test_the_types_of_words_are_those_of_their_values() -> None:
    wire = Wire()
    wire.connect().ask("sum", "7").answer("7", 5)
    (exchange,) = inspected(wire.records).exchanges
    kinds = {"number": int, "string": str, "array": list}

    for name, kind in SPELLED.items():
        assert isinstance(ALL[name](exchange), kinds[kind])


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ('route == "cmd:sum"', [1]),
        ('route == "sum"', [1, 2]),
        ("""route == '{"cmd":"sum"}'""", [1]),
        ('route != "sum"', [3]),
        ('route in ["cmd:sum", "log"]', [1, 3]),
    ],
)
def test_a_pattern_is_found_by_what_tables_show(text: str, chosen: list[int]) -> None:
    wire = Wire()
    wire.connect().ask({"cmd": "sum"}, "1").ask("sum", "2").emit("log").close()
    chooses = compile_selection(text)
    exchanges = inspected(wire.records).exchanges

    assert sorted(each.number for each in exchanges if chooses(each)) == chosen
