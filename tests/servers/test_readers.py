from __future__ import annotations

import json
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, make_dataclass
from datetime import date
from ipaddress import IPv4Address
from pathlib import Path, PurePosixPath
from subprocess import run
from typing import Annotated, Any, Literal, NamedTuple, Self, TypedDict

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import UNDEFINED, JsonText, loads
from servers import Buffer, HandlerError, InvalidDataError, RemoteError, Service
from servers.payloads import to_text
from servers.readers import reader_of
from servers.testing import connected


class _Word(str):
    __slots__ = ()


class _Even(int):
    def __new__(cls, value: int) -> Self:
        if value % 2:
            raise ValueError("an odd number")
        return super().__new__(cls, value)


class _Words(list[str]):
    pass


class _Pair(NamedTuple):
    where: Path
    word: _Word


class _Typed(TypedDict):
    where: IPv4Address


class _Struct(msgspec.Struct):
    where: deque[PurePosixPath]


class _Strict(msgspec.Struct, forbid_unknown_fields=True):
    where: int = 0


class _Plain:
    pass


@dataclass
class _WithPlain:
    inner: list[_Plain]


def _read(declared: Any, text: bytes) -> Any:  # noqa: ANN401
    decode, refused, again = reader_of(declared, "data")
    try:
        return decode(JsonText(text))
    except refused as error:
        return again(JsonText(text), error)


@pytest.mark.parametrize(
    ("declared", "text", "value"),
    [
        (Annotated[int, msgspec.Meta(gt=0)], b"1", 1),
        (_Word, b'"x"', _Word("x")),
        (_Even, b"2", _Even(2)),
        (Path, b'"/a"', Path("/a")),
        (Path | None, b"null", None),
        (dict[str, Path], b'{"a":"b"}', {"a": Path("b")}),
        (IPv4Address, b'"10.0.0.1"', IPv4Address("10.0.0.1")),
        (deque[int], b"[1]", deque([1])),
        (deque[Path], b'["a"]', deque([Path("a")])),
        (deque, b"[1]", deque([1])),
        (OrderedDict[str, int], b'{"a":1}', OrderedDict(a=1)),
        (_Words, b'["a"]', ["a"]),
        (Iterable[int], b"[1]", [1]),
        (Sequence[int], b"[1]", [1]),
        (list[object], b'[1,"a"]', [1, "a"]),
        (Buffer, b'{"type":"Buffer","data":[1,255]}', b"\x01\xff"),
        (bytes, b'"AQ=="', b"\x01"),
        (_Pair, b'["a","b"]', _Pair(Path("a"), _Word("b"))),
        (_Typed, b'{"where":"::"}', None),
        (_Struct, b'{"where":["a"]}', _Struct(deque([PurePosixPath("a")]))),
    ],
)
def test_a_type_is_read(declared: object, text: bytes, value: object) -> None:
    if value is None and text != b"null":
        with pytest.raises(InvalidDataError, match=r"where"):
            _read(declared, text)
        return
    got = _read(declared, text)
    assert got == value
    assert type(got) is type(value) or isinstance(got, list | bytes)


@pytest.mark.parametrize(
    ("declared", "text", "words"),
    [
        (Annotated[int, msgspec.Meta(gt=0)], b"0", "Expected `int` >= 1"),
        (_Even, b"1", "an odd number"),
        (list[_Even], b"[2,3]", r"an odd number - at `\$\[1\]`"),
        (_Word, b"1", "Expected `str`, got `int`"),
        (IPv4Address, b'"300.0.0.1"', "300.0.0.1"),
        (Buffer, b'{"type":"Buffer","data":[256]}', "<= 255"),
        (Buffer, b'"AQ=="', "Expected `object`"),
        (deque[int], b'["a"]', "Expected `int`, got `str`"),
    ],
)
def test_what_does_not_fit_is_the_callers_mistake(
    declared: object, text: bytes, words: str
) -> None:
    with pytest.raises(InvalidDataError, match=f"Invalid data: .*{words}"):
        _read(declared, text)


@pytest.mark.parametrize(
    ("declared", "text", "problem"),
    [
        (list[int], b'[1,"x"]', ("$[1]", "Expected `int`, got `str`")),
        (_Word, b"1", ("$", "Expected `str`, got `int`")),
        (list[_Even], b"[2,3]", ("$[1]", "an odd number")),
        (dict[int, int], b'{"x":1}', ("$", "Expected `int`, got `str`")),
        (list[dict[int, int]], b'[{"x":1}]', ("$[0]", "Expected `int`, got `str`")),
        (Literal["a"], b'" - at `$.b`"', ("$", "Invalid enum value ' - at `$.b`'")),
        (
            _Strict,
            b'{"z - at `$.b":1}',
            ("$", "Object contains unknown field `z - at `$.b`"),
        ),
        (
            list[_Strict],
            b'[{"z - at `$.b":1}]',
            ("$[0]", "Object contains unknown field `z - at `$.b`"),
        ),
    ],
)
def test_what_does_not_fit_has_its_place(
    declared: object, text: bytes, problem: tuple[str, str]
) -> None:
    with pytest.raises(InvalidDataError) as refused:
        _read(declared, text)
    assert refused.value.problems == (problem,)


def test_all_that_pydantic_found_has_its_place() -> None:
    user = _user()
    with pytest.raises(InvalidDataError) as refused:
        _read(dict[str, user], b'{"a":{},"b":{"name":1}}')  # type: ignore[valid-type]
    assert refused.value.problems == (
        ("$.a.name", "Field required"),
        ("$.a.joined", "Field required"),
        ("$.b.name", "Input should be a valid string"),
        ("$.b.joined", "Field required"),
    )


@pytest.mark.parametrize(
    "declared",
    [
        _Plain,
        list[_Plain],
        dict[str, _Plain | None],
        _WithPlain,
        complex,
        Iterator[int],
        defaultdict[str, int],
        Counter[str],
        Path | int,
    ],
)
def test_what_nothing_can_read_is_refused_when_it_is_registered(declared: Any) -> None:  # noqa: ANN401
    def handler(data: object) -> None:
        del data

    handler.__annotations__["data"] = declared
    service = Service()
    with pytest.raises(HandlerError, match="'data' cannot be read from JSON"):
        service.message("a")(handler)
    assert service.routes == []


_types = st.recursive(
    st.sampled_from([int, _Word, Path, IPv4Address, Buffer, date]),
    lambda inner: st.one_of(
        inner.map(lambda each: list[each]),  # type: ignore[valid-type]
        inner.map(lambda each: deque[each]),  # type: ignore[valid-type]
        inner.map(lambda each: dict[str, each]),  # type: ignore[valid-type]
        inner.map(lambda each: each | None),
    ),
    max_leaves=4,
)
_LEAVES: dict[object, Any] = {
    int: 7,
    _Word: _Word("x"),
    Path: Path("/a"),
    IPv4Address: IPv4Address("10.0.0.1"),
    Buffer: Buffer(b"\x00\x01"),
    date: date(2026, 1, 2),
}


def _sample(declared: Any) -> Any:  # noqa: ANN401
    if declared in _LEAVES:
        return _LEAVES[declared]
    inner = (
        _sample(declared.__args__[-1 if declared.__origin__ is dict else 0])
        if hasattr(declared, "__origin__")
        else _sample(declared.__args__[0])
    )
    if not hasattr(declared, "__origin__"):
        return inner
    return {"k": inner} if declared.__origin__ is dict else declared.__origin__([inner])


@given(_types)
def test_what_is_sent_is_read_back_as_the_same(declared: Any) -> None:  # noqa: ANN401
    value = _sample(declared)

    assert _read(declared, to_text(value)) == value


def test_without_pydantic_nothing_imports_it() -> None:
    code = (
        "import sys; from servers import Service\n"
        "Service().message('a')(eval('lambda data: data'))\n"
        "def f(data: dict[str, list[int]]) -> int: ...\n"
        "Service().message('a')(f); sys.exit('pydantic' in sys.modules)"
    )
    assert run([sys.executable, "-c", code], check=False).returncode == 0


def _user() -> Any:  # noqa: ANN401
    pydantic: Any = pytest.importorskip("pydantic")
    return pydantic.create_model("User", name=(str, ...), joined=(date, ...))


_ADA = b'{"name":"Ada","joined":"2026-01-02"}'


@pytest.mark.parametrize(
    ("around", "before", "after"),
    [
        (lambda user: user, b"", b""),
        (lambda user: list[user], b"[", b"]"),  # type: ignore[valid-type]
        (lambda user: dict[str, user], b'{"k":', b"}"),  # type: ignore[valid-type]
        (lambda user: user | None, b"", b""),
        (lambda user: user | int, b"", b""),
        (lambda user: user | msgspec.UnsetType, b"", b""),
        (lambda user: dict[str, list[user | None]], b'{"k":[', b"]}"),  # type: ignore[valid-type]
        (lambda user: msgspec.defstruct("S", [("k", list[user])]), b'{"k":[', b"]}"),  # type: ignore[valid-type]
        (lambda user: deque[user], b"[", b"]"),  # type: ignore[valid-type]
        (
            lambda user: tuple[user, Annotated[int, msgspec.Meta(gt=0)]],  # type: ignore[valid-type]
            b"[",
            b",1]",
        ),
    ],
)
def test_pydantic_reads_its_models(around: Any, before: bytes, after: bytes) -> None:  # noqa: ANN401
    declared = around(_user())

    got = _read(declared, before + _ADA + after)
    assert loads(to_text(got)) == json.loads(before + _ADA + after)
    with pytest.raises(InvalidDataError, match=r"Invalid data: .*joined"):
        _read(declared, before + b'{"name":"Ada","joined":"soon"}' + after)


def test_pydantic_obeys_what_describes_a_plain_type() -> None:
    pydantic: Any = pytest.importorskip("pydantic")
    declared = Annotated[int, pydantic.Field(gt=0)]

    assert _read(declared, b"1") == 1
    with pytest.raises(InvalidDataError, match="greater than 0 - at `\\$`"):
        _read(declared, b"0")


def test_pydantic_obeys_what_describes_a_field() -> None:
    pydantic: Any = pytest.importorskip("pydantic")
    positive = Annotated[int, pydantic.Field(gt=0)]
    counted = make_dataclass("counted", [("count", positive), ("where", Path)])

    assert _read(counted, b'{"count":1,"where":"a"}') == counted(1, Path("a"))
    with pytest.raises(InvalidDataError, match=r"greater than 0 - at `\$\[0\]\.count`"):
        _read(list[counted], b'[{"count":0,"where":"a"}]')  # type: ignore[valid-type]


def test_a_description_that_msgspec_would_drop_is_refused() -> None:
    pydantic: Any = pytest.importorskip("pydantic")
    positive = Annotated[int, pydantic.Field(gt=0)]

    for declared in (
        msgspec.defstruct("S", [("count", positive)]),
        tuple[positive, Annotated[int, msgspec.Meta(gt=0)]],
        dict[_Word, positive],
        list[positive | Buffer],
    ):
        with pytest.raises(HandlerError, match="does not obey"):
            reader_of(declared, "data")


def test_pydantic_reads_what_only_javascript_accepts() -> None:
    user = _user()
    assert _read(user, b'{"joined":"2026-01-02","name":"A","x":"\\ud83d"}').name == "A"
    with pytest.raises(InvalidDataError, match="Invalid data: "):
        _read(user, b'{"name":1,"x":"\\ud83d"}')


async def test_callers_learn_what_pydantic_found_and_not_what_a_handler_did() -> None:
    user, service = _user(), Service()

    def handler(data: Any) -> Any:  # noqa: ANN401
        return user(name=data.name, joined="soon") if data.name == "Bob" else [data]

    handler.__annotations__.update({"data": user, "return": list[user]})  # type: ignore[valid-type]
    service.message("user")(handler)

    async with connected(service) as nest:
        ada = user(name="Ada", joined=date(2026, 1, 2))
        assert await nest.send("user", ada) == [loads(_ADA)]
        with pytest.raises(RemoteError) as wrong:
            await nest.send("user", {"name": "secret"})
        with pytest.raises(RemoteError) as failed:
            await nest.send("user", {"name": "Bob", "joined": "2026-01-02"})
    assert wrong.value.err == {
        "status": "error",
        "message": "Invalid data: Field required - at `$.joined`",
    }
    assert failed.value.err == {"status": "error", "message": "Internal server error"}


def test_absent_data_is_not_validated() -> None:
    def handler(data: Any = UNDEFINED) -> Any:  # noqa: ANN401
        return data

    handler.__annotations__["data"] = _user() | msgspec.UnsetType
    service = Service()
    service.message("a")(handler)
    assert next(iter(service.handlers)).invoke(UNDEFINED, None) is UNDEFINED
