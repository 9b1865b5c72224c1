from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import pytest

from servers import Context, Depends, HandlerError, Router, Service
from servers.server.dependencies import Kind, Overrides, node_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator


def plain() -> int:
    return 1


async def later() -> int:
    return 1


def generator() -> Iterator[int]:
    yield 1


async def async_generator() -> AsyncIterator[int]:
    yield 1


class Made:
    def __init__(self, number: Annotated[int, Depends(plain)]) -> None:
        self.number = number


class Plainly:
    def __call__(self) -> int:
        return 1


class Generating:
    def __call__(self) -> Iterator[int]:
        yield 1


class GeneratingLater:
    async def __call__(self) -> AsyncIterator[int]:
        yield 1


class Later:
    async def __call__(self, number: Annotated[int, Depends(plain)]) -> int:
        return number


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (plain, Kind.VALUE),
        (later, Kind.VALUE),
        (Made, Kind.VALUE),
        (partial(later), Kind.VALUE),
        (generator, Kind.MANAGER),
        (partial(generator), Kind.MANAGER),
        (contextmanager(generator), Kind.MANAGER),
        (async_generator, Kind.ASYNC_MANAGER),
        (asynccontextmanager(async_generator), Kind.ASYNC_MANAGER),
        (Plainly(), Kind.VALUE),
        (Later(), Kind.VALUE),
        (Generating(), Kind.MANAGER),
        (GeneratingLater(), Kind.ASYNC_MANAGER),
        (Generating().__call__, Kind.MANAGER),
    ],
)
def test_any_kind_of_function_is_a_dependency(
    function: Callable[..., Any], kind: Kind
) -> None:
    assert node_of(Depends(function)).kind is kind


def test_those_alone_block_that_are_plain() -> None:
    assert node_of(Depends(plain)).blocks
    assert node_of(Depends(Made)).blocks
    assert node_of(Depends(Plainly())).blocks
    for function in (later, partial(later), Later(), generator, async_generator):
        assert not node_of(Depends(function)).blocks


def needs_all(
    context: Context,
    /,
    made: Annotated[Made, Depends()],
    *,
    number: Annotated[int, Depends(plain, use_cache=False)],
    limit: int = 3,
) -> None:
    del context, made, number, limit


def test_it_gets_contexts_and_dependencies_and_keeps_its_defaults() -> None:
    node = node_of(Depends(needs_all))

    context, made, number = node.needs
    assert context == ("context", True, None)
    assert (made.name, number.name) == ("made", "number")
    assert made.node is not None
    assert number.node is not None
    assert [each.name for each in made.node.needs] == ["number"]
    assert (made.node.use_cache, number.node.use_cache) == (True, False)


def asks_too_much(text: str) -> str:
    return text


def not_to_be_evaluated(text: Nothing) -> str:  # type: ignore[name-defined]  # noqa: F821
    return str(text)


def has_a_default(text: str = Depends(plain)) -> str:  # type: ignore[assignment]
    return text


def first(_: Annotated[int, Depends(lambda: 1)]) -> int:
    return 1


def itself(number: Annotated[int, Depends(lambda: 1)]) -> int:
    return number


def around(number: Annotated[int, Depends(itself)]) -> int:
    return number


def _needing(function: Callable[..., Any]) -> Callable[..., Any]:
    def handler(needed: int) -> None:
        del needed

    handler.__annotations__["needed"] = Annotated[int, Depends(function)]
    return handler


@pytest.mark.parametrize(
    ("function", "why"),
    [
        (asks_too_much, r"asks_too_much\(\) requires 'text': a dependency gets"),
        (not_to_be_evaluated, "annotation of 'text' cannot be evaluated"),
    ],
)
def test_what_it_cannot_get_is_found_when_a_handler_is_registered(
    function: Callable[..., Any], why: str
) -> None:
    service, router = Service(), Router()
    for register in (service.message, service.event, router.message):
        with pytest.raises(HandlerError, match=why):
            register("a")(_needing(function))
    with pytest.raises(HandlerError, match=why):
        service.message("a")(_needing(_needing(function)))
    with pytest.raises(HandlerError, match=why):
        service.overrides[plain] = function
    assert service.routes == []
    assert not service.overrides


def test_one_that_needs_itself_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    mark = Annotated[int, Depends(around)]
    monkeypatch.setitem(itself.__annotations__, "number", mark)

    with pytest.raises(HandlerError, match=r"itself\(\) needs around\(\) needs itself"):
        node_of(Depends(itself))


def test_a_default_in_place_of_an_annotation_is_refused_in_words_that_help() -> None:
    with pytest.raises(HandlerError, match=r"declare it as Annotated\[…, Depends"):
        Service().message("a")(has_a_default)


def test_overrides_are_a_mapping_of_functions() -> None:
    overrides = Overrides()
    node = node_of(Depends(plain))
    assert overrides.in_place_of(node) is node

    overrides[plain] = generator

    assert dict(overrides) == {plain: generator}
    assert len(overrides) == 1
    assert overrides.in_place_of(node).kind is Kind.MANAGER
    assert overrides.in_place_of(node_of(Depends(later))).function is later
    del overrides[plain]
    assert overrides.in_place_of(node) is node
    with pytest.raises(KeyError):
        overrides[plain]
