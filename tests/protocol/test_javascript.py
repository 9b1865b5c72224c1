"""JSON and numbers as JavaScript has them, with Node as the judge."""

from __future__ import annotations

import json
import math
import struct
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from protocol import UNDEFINED, EncodeError, dumps, loads, number_to_string, truthy
from protocol.javascript import JsonReader
from tests.protocol.node import ask
from tests.strategies import values, wild_texts

if TYPE_CHECKING:
    from collections.abc import Callable

_VALID = [
    *("1", "-0", "0", "1.5", "-1.5e+3", "1E400", "-1e400", "1e-400", "9" * 400),
    *("9007199254740993", "true", "false", "null", "[]", "{}", " [ ] ", "\t{\n}\r"),
    *('""', r'"\u00e9"', r'"\ud83d\ude00"', r'"\ud83d"', r'"\ude00\ud83d"', '"\x7f"'),
    *(r'"\"\\\/\b\f\n\r\t"', '"求\u2028"', '[1,"a",[null,{}],{"b":[]}]', '"\ufeff"'),
    *('{"a":1,"a":2}', '{"":0}', r'{"\ud83d":1e999}', '{"__proto__":1}', "[ 1 , 2 ]"),
    *('{"a" : {"b" : [ {"c" : "d"} , 1e400 ] } }', "[[[[[[1e400]]]]]]"),
]
_INVALID = [
    *("", " ", "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x1", "NaN", "Infinity"),
    *(
        "nul",
        "True",
        "undefined",
        "[",
        "]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "1 2",
    ),
    *("{", "}", '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', "{a:1}", "{'a':1}"),
    *('{"a" 1}', "{1:1}", '{"a":1 "b":2}', "{,}", "[}", "{]", '{"a":]', ":", ","),
    *('"', '"a', '"\n"', '"\x00"', r'"\x41"', r'"\u12"', r'"\ud83"', r'"\"', "'a'"),
    *(
        "\ufeff1",
        "\xa01",
        "1\x00",
        "[1]]",
        '{"a":1}}',
        "//\n1",
        "１",
        '"\t"',
        "[1e400,",
    ),
]
_ACCEPTED = """text => {
  try { JSON.parse(text); return true; } catch { return false; }
}"""


def _accepts(text: str) -> bool:
    try:
        loads(text.encode("utf-8", "surrogatepass"))
    except ValueError:
        return False
    return True


def test_what_is_json_to_node_is_json_here() -> None:
    verdicts = ask(_ACCEPTED, [*_VALID, *_INVALID])

    assert verdicts == [True] * len(_VALID) + [False] * len(_INVALID)
    assert [_accepts(text) for text in [*_VALID, *_INVALID]] == verdicts


def test_what_is_nearly_json_is_judged_as_node_judges_it() -> None:
    """Every valid text without each of its characters, and with one twice."""
    damaged = [
        text[:place] + middle + text[place + 1 :]
        for text in _VALID
        if len(text) < 100
        for place in range(len(text))
        for middle in ("", text[place] * 2, "1", '"', "\ud83d", "e")
    ]

    assert len(damaged) > 1500
    assert [_accepts(text) for text in damaged] == ask(_ACCEPTED, damaged)


@pytest.mark.parametrize("text", _VALID)
def test_both_readers_find_the_same_value(text: str) -> None:
    assert JsonReader(text).read() == loads(text.encode()) == json.loads(text)


@pytest.mark.parametrize("sign", ["", "-"])
def test_integers_are_exact_up_to_what_python_reads(sign: str) -> None:
    for digits, value in ((4300, int(f"{sign}{'9' * 4300}")), (4301, f"{sign}inf")):
        text = sign + "9" * digits

        assert (
            loads(text.encode())
            == JsonReader(text).read()
            == (float(value) if isinstance(value, str) else value)
        )


@pytest.mark.parametrize("text", _INVALID)
def test_the_second_reader_accepts_no_more(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        JsonReader(text).read()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1", "the text ends where ',' or ']' is expected"),
        ('{"a":1', "the text ends where ',' or '}' is expected"),
        ("{1:2}", "expected a key and ':' at character 1"),
        ('{"a" 1}', "expected a key and ':' at character 1"),
        ("[1,]", "expected a value at character 3"),
        ("1 2", "expected nothing more at character 2"),
        ("", "the text ends where a value is expected"),
        ("[x]", "expected a value at character 1"),
    ],
)
def test_the_reader_tells_what_it_misses_and_where(text: str, message: str) -> None:
    with pytest.raises(ValueError, match="expected") as raised:
        JsonReader(text).read()

    assert str(raised.value) == message


def test_invalid_utf8_is_replaced() -> None:
    assert loads(b'"\xff\xf0\x9f"') == "\ufffd\ufffd"
    with pytest.raises(ValueError, match="expected"):
        loads(b"\xff")


def test_text_may_be_a_str_with_halves_of_pairs() -> None:
    assert loads('{"é":["\ud83d",1e400]}') == {"é": ["\ud83d", math.inf]}
    assert loads('{"é":1}') == {"é": 1}


def test_numbers_beyond_a_double_are_infinite() -> None:
    assert loads(b"[1e400,-1e400]") == [math.inf, -math.inf]
    assert loads(b"[1e400," + b"9" * 5000 + b"]") == [math.inf, math.inf]


def test_the_places_of_the_members_are_told() -> None:
    reader = JsonReader(' {"a" : 1, "b":{"c":[2]} , "a":"x" } ')
    reader.read()
    found = {key: reader._text[start:end] for key, (start, end) in _places(reader)}  # noqa: SLF001

    assert found == {"a": '"x"', "b": '{"c":[2]}'}


def _places(reader: JsonReader) -> list[tuple[str, tuple[int, int]]]:
    return list(reader.members.items())


def test_only_an_object_has_members() -> None:
    for text in ("[1e400]", '[{"a":1}]', "5", "{}"):
        reader = JsonReader(text)
        reader.read()
        assert reader.members == {}


@given(values)
@example(["\ud83d", {"\ud83d": []}, (), {}, [1.5, None, True]])
@example({"a": "\ud83d"})
def test_what_is_written_is_read_again(value: Any) -> None:  # noqa: ANN401
    text = dumps(value)
    again = json.loads(json.dumps(value))  # tuples become lists

    assert loads(text) == JsonReader(text.decode()).read() == again


def test_node_reads_what_is_written_and_writes_the_same() -> None:
    found: list[Any] = []
    _for_each(values.filter(_has_no_float), found.append)
    texts = [dumps(value).decode() for value in found]

    assert len(texts) >= 100
    assert ask("text => JSON.stringify(JSON.parse(text))", texts) == [
        _in_nodes_order(text) for text in texts
    ]


def _for_each(made: st.SearchStrategy[Any], use: Callable[[Any], None]) -> None:
    @given(made)
    def each(value: object) -> None:
        use(value)

    each()


def _has_no_float(value: object) -> bool:
    """Return whether Python spells all numbers as JavaScript does."""
    if isinstance(value, dict):
        return all(map(_has_no_float, value.values()))
    if isinstance(value, list):
        return all(map(_has_no_float, value))
    return not isinstance(value, float)


def _in_nodes_order(text: str) -> str:
    """Put keys that are whole numbers first, and each once, as objects in Node do."""

    def ordered(pairs: list[tuple[str, object]]) -> dict[str, object]:
        members = dict(pairs)
        numbers = sorted((key for key in members if _is_index(key)), key=int)
        return {key: members[key] for key in [*numbers, *members]}

    return dumps(json.loads(text, object_pairs_hook=ordered)).decode()


def _is_index(key: str) -> bool:
    digits = key.isascii() and key.isdigit() and str(int(key)) == key
    return digits and int(key) < 2**32 - 1


@given(wild_texts)
def test_halves_of_pairs_are_escaped_and_pairs_are_not(text: str) -> None:
    written = dumps(text).decode()

    assert not any("\ud800" <= character <= "\udfff" for character in written)
    assert (r"\ud83d" in written) == ("\ud83d" in text)
    assert json.loads(written) == text


def test_the_halves_of_one_pair_are_one_character() -> None:
    assert dumps("\ud83d\ude00\ude00") == '"😀\\ude00"'.encode()


def test_keys_that_are_numbers_are_written_as_text() -> None:
    assert dumps({1: 2}) == b'{"1":2}'
    assert dumps({1: 2, "\ud83d": 3}) == b'{"1":2,"\\ud83d":3}'


def test_a_key_has_json_text_too() -> None:
    with pytest.raises(EncodeError, match="not JSON"):
        dumps({object(): "\ud83d"})


@pytest.mark.parametrize(
    "value",
    [object(), {object(): 1}, ["\ud83d", object()], {"\ud83d": UNDEFINED}, UNDEFINED],
)
def test_what_has_no_json_text_is_refused(value: object) -> None:
    with pytest.raises(EncodeError, match="not JSON"):
        dumps(value)


@pytest.mark.parametrize("half", [[], ["\ud83d"]])
def test_a_list_that_holds_itself_has_no_text(half: list[Any]) -> None:
    half.append({"a": (1, half)})

    with pytest.raises(EncodeError, match="contains itself"):
        dumps(half)


def test_a_value_may_stand_twice() -> None:
    twice = ["\ud83d"]

    assert dumps([twice, twice]) == b'[["\\ud83d"],["\\ud83d"]]'


@pytest.mark.parametrize("value", [UNDEFINED, None, False, 0, 0.0, -0.0, ""])
def test_falsy(value: object) -> None:
    assert not truthy(value)


@pytest.mark.parametrize("value", [True, 1, -1, 0.1, "0", " ", "false", [], {}, [0]])
def test_truthy(value: object) -> None:
    assert truthy(value)
    assert ask("value => Boolean(value)", [value]) == [True]


@pytest.mark.parametrize(
    ("number", "spelling"),
    [
        *((0, "0"), (-0.0, "0"), (1.0, "1"), (-7, "-7"), (0.1, "0.1"), (1e21, "1e+21")),
        *((1e-7, "1e-7"), (1e20, "100000000000000000000"), (1.5e300, "1.5e+300")),
        *((5e-324, "5e-324"), (0.000001, "0.000001"), (123.456, "123.456")),
        *(
            (2**53 + 1, "9007199254740992"),
            (10**400, "Infinity"),
            (-(10**400), "-Infinity"),
        ),
        *((math.inf, "Infinity"), (-math.inf, "-Infinity"), (math.nan, "NaN")),
    ],
)
def test_a_number_is_spelled_as_in_javascript(number: float, spelling: str) -> None:
    assert number_to_string(number) == spelling


def test_every_double_is_spelled_as_node_spells_it() -> None:
    found: list[float] = []
    doubles = st.floats(allow_nan=False, allow_infinity=False)
    _for_each(doubles | st.integers(-(10**22), 10**22), found.append)
    patterns = [bits * 0x9E3779B97F4A7C15 % 2**64 for bits in range(1, 3000)]
    anywhere = [struct.unpack("<d", struct.pack("<Q", bits))[0] for bits in patterns]
    found += [number for number in anywhere if math.isfinite(number)]
    found += [sign * 10.0**power for power in range(-30, 30) for sign in (1, -1)]

    assert [number_to_string(number) for number in found] == ask("String", found)
