from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Generator,
    Iterator,
    Mapping,
)
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol, TypedDict, TypeVar

import msgspec
import pytest

from protocol import Json, UndefinedType
from servers import Buffer, HandlerError, Service
from servers.server.results import check_result

if TYPE_CHECKING:
    from nowhere import Missing  # type: ignore[import-not-found]

_Any = TypeVar("_Any")


class _Plain:
    pass


class _Typed(TypedDict):
    plain: _Plain


class _Asked(Protocol):
    pass


class _Base(ABC):
    @abstractmethod
    def of(self) -> int: ...


class _Colour(Enum):
    RED = 1


@dataclass
class _Node:
    children: list[_Node]
    plain: int = 0
    _lock: _Plain | None = None
    cache: _Plain | None = field(init=False, default=None)


@dataclass
class _Bad:
    inner: dict[str, _Plain]


def _returning(declared: Any) -> Callable[[], Any]:  # noqa: ANN401
    def handler() -> None: ...

    handler.__annotations__["return"] = declared
    return handler


@pytest.mark.parametrize(
    "declared",
    [
        None,
        Any,
        object,
        int | None,
        Json,
        UndefinedType,
        _Any,
        _Node,
        _Base,
        _Asked,
        _Colour,
        Literal["a"],
        Annotated[int, _Plain()],
        list[deque[Path]],
        Mapping[Path, Buffer],
        dict[str, datetime],
        Awaitable[int],
        Coroutine[_Plain, _Plain, int],
        Iterator[int],
        AsyncIterator[bytes],
        Generator[int, _Plain, _Plain],
        msgspec.Raw,
        "Missing",
    ],
)
def test_what_may_have_a_form_is_accepted(declared: object) -> None:
    check_result(_returning(declared))


@pytest.mark.parametrize(
    "declared",
    [
        _Plain,
        _Plain | None,
        list[_Plain],
        Iterator[_Plain],
        AsyncIterator[list[_Plain]],
        Coroutine[Any, Any, _Plain],
        _Bad,
        _Typed,
        complex,
        Lock().__class__,
        dict[tuple[int, int], str],
        list[dict[frozenset[int], str]],
    ],
)
def test_what_has_none_is_refused_when_it_is_registered(declared: object) -> None:
    service = Service()
    with pytest.raises(HandlerError, match=r"handler\(\) \(\w+.py:\d+\) returns"):
        service.message("a")(_returning(declared))
    assert service.routes == []


def test_nobody_is_told_what_an_event_handler_returns() -> None:
    Service().event("a")(_returning(_Plain))


def test_an_annotation_that_cannot_be_evaluated_says_nothing() -> None:
    def handler() -> Missing: ...

    check_result(handler)


def test_models_of_pydantic_have_a_form() -> None:
    pydantic: Any = pytest.importorskip("pydantic")
    check_result(_returning(pydantic.create_model("User", name=(str, ...)) | None))
    check_result(_returning(pydantic.SecretStr))
