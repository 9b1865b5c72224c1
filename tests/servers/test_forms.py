from __future__ import annotations

import ipaddress
import re
import sys
from collections import ChainMap, deque
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from pathlib import PurePosixPath
from subprocess import run
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import EncodeError, loads
from servers import Buffer, Service
from servers.forms import Forms, form_of
from servers.payloads import to_text
from servers.testing import connected


class _Text(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "printed"


class _Number(int):
    pass


class _Float(float):
    pass


class _Bytes(bytes):
    pass


class _Colour(StrEnum):
    RED = "red"


class _Pair(Enum):
    ONE = (1, 2)


class _Point(NamedTuple):
    x: int
    y: int


_FORMS: list[tuple[Any, str]] = [
    (_Text("x"), '"x"'),
    (_Number(3), "3"),
    (_Float(1.5), "1.5"),
    (_Bytes(b"x"), '"eA=="'),
    (b"x", '"eA=="'),
    (Buffer(b"\x01\xff"), '{"type":"Buffer","data":[1,255]}'),
    (_Colour.RED, '"red"'),
    (_Pair.ONE, "[1,2]"),
    (_Point(1, 2), "[1,2]"),
    (deque([1]), "[1]"),
    (range(2), "[0,1]"),
    ({"a": 1}.keys(), '["a"]'),
    ({"a": 1}.values(), "[1]"),
    ({1}, "[1]"),
    (frozenset({1}), "[1]"),
    (MappingProxyType({"a": 1}), '{"a":1}'),
    (ChainMap({"a": 1}), '{"a":1}'),
    (PurePosixPath("/a/b"), '"/a/b"'),
    (ipaddress.ip_address("::1"), '"::1"'),
    (ipaddress.ip_network("10.0.0.0/8"), '"10.0.0.0/8"'),
    (re.compile("a+"), '"a+"'),
    (datetime(2026, 1, 2, tzinfo=UTC), '"2026-01-02T00:00:00Z"'),
    (date(2026, 1, 2), '"2026-01-02"'),
    (timedelta(seconds=90), '"PT90S"'),
    (Decimal("1.10"), '"1.10"'),
    (UUID(int=0), '"00000000-0000-0000-0000-000000000000"'),
    ({True: 1, None: 2, _Number(3): 4}, '{"true":1,"null":2,"3":4}'),
    ({_Text("k"): PurePosixPath("a")}, '{"k":"a"}'),
]


@pytest.mark.parametrize(("value", "text"), _FORMS)
def test_a_value_travels_in_its_form(value: object, text: str) -> None:
    assert to_text(value) == text.encode()
    assert to_text([{"in": value}]) == b'[{"in":%b}]' % text.encode()


@pytest.mark.parametrize(
    "value", [object(), 1j, [1j], {(1, 2): 3}, {"a": {"b": print}}]
)
def test_what_has_no_form_is_refused(value: object) -> None:
    with pytest.raises(EncodeError):
        to_text(value)


@pytest.mark.parametrize(
    "value",
    [
        [_Float("nan")],
        {"a": iter([None, float("nan")])},
        deque([float("inf")]),
        MappingProxyType({"a": [float("nan")]}),
    ],
)
def test_a_number_that_would_become_null_is_found_in_every_form(value: object) -> None:
    with pytest.raises(EncodeError, match="NaN"):
        to_text(value)


def test_an_iterator_is_looked_at_once_however_unusual_the_text_is() -> None:
    assert to_text({"\ud83d": iter([1, None])}) == b'{"\\ud83d":[1,null]}'
    forms, values = Forms(), iter([1, 2])
    assert forms.of(values) == forms.of(values) == [1, 2]


_simple = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text())


@given(st.recursive(_simple, lambda inner: st.lists(inner, max_size=3)))
def test_every_kind_of_list_travels_as_the_list(value: Any) -> None:  # noqa: ANN401
    assert loads(to_text(_disguised(value))) == value


def _disguised(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        return _Text(value)
    if not isinstance(value, list):
        return value
    members = [_disguised(each) for each in value]
    return [deque(members), iter(members), tuple(members)][len(members) % 3]


def test_types_without_a_form_are_known_before_there_is_a_value() -> None:
    assert form_of(object) is None
    assert form_of(complex) is None
    assert form_of(deque) is not None


def test_pydantic_models_travel_as_their_dump_with_their_aliases() -> None:
    pydantic = pytest.importorskip("pydantic")

    class User(pydantic.BaseModel):  # type: ignore[misc, name-defined]
        joined: date
        full_name: str = pydantic.Field(alias="fullName")
        secret: Any = pydantic.SecretStr("x")
        score: float = 0.5

    user = User(joined=date(2026, 1, 2), fullName="Ada")
    text = '{"joined":"2026-01-02","fullName":"Ada","secret":"**********","score":0.5}'
    assert to_text(user) == text.encode()
    assert to_text([{"a": user}]) == b'[{"a":%b}]' % text.encode()
    assert to_text(pydantic.HttpUrl("http://a.b/c")) == b'"http://a.b/c"'
    with pytest.raises(EncodeError, match="NaN"):
        to_text(user.model_copy(update={"score": float("nan")}))


def test_attrs_travel_as_objects() -> None:
    attrs = pytest.importorskip("attrs")
    point = attrs.make_class("Point", ["x", "y"])

    assert to_text(point(1, deque([2]))) == b'{"x":1,"y":[2]}'
    with pytest.raises(EncodeError, match="NaN"):
        to_text(point(float("nan"), deque([2])))


def test_pydantic_is_imported_by_whoever_uses_it() -> None:
    code = (
        "import sys; from collections import deque\n"
        "from servers.payloads import to_text\n"
        "to_text(deque([1])); sys.exit('pydantic' in sys.modules)"
    )
    assert run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("value", [value for value, _ in _FORMS])
async def test_a_client_sends_and_receives_them(value: object) -> None:
    service = Service()

    @service.message("both")
    def both(data: object) -> object:
        return [data, value]

    async with connected(service) as nest:
        form = loads(to_text(value))
        assert await nest.send("both", {"of": value}) == [{"of": form}, form]


async def test_an_iterator_that_a_handler_returns_is_a_stream() -> None:
    service = Service()
    service.message("map")(lambda: map(str, [1, 2]))
    service.message("in threads", thread=True)(lambda: iter([1, 2]))
    service.event("one")(lambda: iter([1, 2]))
    service.event("one")(lambda: 3)

    async with connected(service) as nest:
        assert [each async for each in nest.stream("map", {})] == ["1", "2"]
        assert [each async for each in nest.stream("in threads", {})] == [1, 2]
        assert await nest.send("one", {}) == {"current": 2, "next": 3}
