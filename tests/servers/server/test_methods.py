from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

import servers
from servers import (
    Client,
    Context,
    DuplicateHandlerError,
    HandlerError,
    PatternError,
    RemoteError,
    Router,
    Service,
    UsageError,
)
from servers.server.methods import methods_of
from servers.testing import connected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _nobody(_: Context) -> bool:
    return False


def _no_guard() -> bool:
    return True


class Orders:
    def __init__(self, stock: dict[str, int]) -> None:
        self.stock = stock
        self.heard: list[str] = []

    @servers.message("count")
    def count(self, name: str) -> int:
        return self.stock[name]

    @servers.message(["later", "soon"])
    async def later(self, name: str, context: Context) -> str:
        await asyncio.sleep(0)
        return f"{context.route} {self.stock[name]}"

    @servers.event("sold")
    def sold(self, name: str) -> None:
        self.heard.append(name)

    @servers.message("names")
    def names(self) -> Iterator[str]:
        yield from self.stock

    @servers.message("guarded", guards=[_nobody])
    def guarded(self) -> int:
        return 1

    @servers.message("blocking", thread=True)
    def blocking(self) -> int:
        return len(self.stock)

    @servers.message("static")
    @staticmethod
    def static(number: int) -> int:
        return number + 1

    @classmethod
    @servers.message("class")
    def of_the_class(cls) -> str:
        return cls.__name__

    @property
    def never_asked(self) -> int:
        pytest.fail("a property was asked")


async def test_the_methods_of_an_object_answer() -> None:
    service, orders = Service(), Orders({"apples": 3})
    service.include(orders)
    async with (
        service.listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        assert await nest.send("count", "apples") == 3
        assert await nest.send("soon", "apples") == "soon 3"
        assert [each async for each in nest.stream("names", 0)] == ["apples"]
        assert await nest.send("blocking", 0) == 1
        assert await nest.send("static", 1) == 2
        assert await nest.send("class", 0) == "Orders"
        with pytest.raises(RemoteError, match="Forbidden resource"):
            await nest.send("guarded", 0)
        await nest.emit("sold", "apples")
        await nest.send("count", "apples")

    assert orders.heard == ["apples"]


async def test_two_objects_answer_under_their_own_prefixes() -> None:
    service = Service()
    service.include(Orders({"a": 1}), prefix="one.")
    service.include(Orders({"a": 2}), prefix="two.")
    async with connected(service) as nest:
        assert await nest.send("one.count", "a") == 1
        assert await nest.send("two.count", "a") == 2


def test_handlers_are_registered_in_the_order_in_which_they_are_written() -> None:
    patterns = [each.pattern for each in methods_of(Orders({}))]

    assert patterns == [
        "count",
        ["later", "soon"],
        "sold",
        "names",
        "guarded",
        "blocking",
        "static",
        "class",
    ]


class _Base:
    @servers.message("kept")
    def kept(self) -> str:
        return "base"

    @servers.message("overridden")
    def overridden(self) -> str:
        return "base"

    @servers.message("old")
    def renamed(self) -> str:
        return "base"

    @servers.message("dropped")
    def dropped(self) -> str:
        return "base"


class _Derived(_Base):
    def overridden(self) -> str:
        return f"derived from {super().overridden()}"

    @servers.message("new")
    def renamed(self) -> str:
        return "derived"

    dropped = None  # type: ignore[assignment]


async def test_handlers_are_inherited() -> None:
    service = Service()
    service.include(_Derived())
    async with connected(service) as nest:
        assert await nest.send("kept", 0) == "base"
        assert await nest.send("overridden", 0) == "derived from base"
        assert await nest.send("new", 0) == "derived"

    assert sorted(service.routes) == ["kept", "new", "overridden"]


def test_a_method_may_be_for_messages_and_for_events() -> None:
    class Both:
        @servers.message("asked")
        @servers.event("told")
        def both(self) -> int:
            return 1

    router = Router()
    router.include(Both())

    found = {each.pattern: each.is_event for each in router.collected()}
    assert found == {"asked": False, "told": True}


def test_a_class_in_place_of_an_object_is_refused_in_words_that_help() -> None:
    with pytest.raises(UsageError, match=r"Orders is a class: .* include\(Orders\(…\)"):
        Service().include(Orders)


@pytest.mark.parametrize("holder", [object(), _nobody, "text", None])
def test_what_has_no_handlers_is_refused(holder: object) -> None:
    with pytest.raises(UsageError, match="no method that is decorated"):
        Service().include(holder)


def test_a_method_registered_without_its_object_is_refused() -> None:
    service = Service()

    with pytest.raises(HandlerError, match=r"servers\.message .* include\(_Base\(…\)"):
        service.message("a")(_Base.kept)


def test_what_is_wrong_with_one_method_includes_none() -> None:
    class Wrong:
        @servers.message("fine")
        def fine(self) -> int:
            return 1

        @servers.message("wrong")
        def wrong(self, one: int, two: int) -> int:
            return one + two

    class Twice:
        @servers.message("same")
        def first(self) -> int:
            return 1

        @servers.message("same")
        def second(self) -> int:
            return 2

    service = Service()
    with pytest.raises(HandlerError, match="requires 'two'"):
        service.include(Wrong())
    with pytest.raises(DuplicateHandlerError, match=r"first\(\) .*second\(\)"):
        service.include(Twice())
    with pytest.raises(PatternError, match="does not fit"):
        service.include(Orders({}), prefix={"v": 1})
    assert service.routes == []


def test_what_cannot_carry_a_mark_is_refused() -> None:
    with pytest.raises(HandlerError, match="cannot be marked"):
        servers.message("a")(len)
    with pytest.raises(HandlerError, match="cannot be a guard"):
        servers.event("a", guards=[_nobody, _no_guard])  # type: ignore[list-item]


@pytest.mark.parametrize(
    "decorate",
    [
        servers.message,
        servers.event,
        Service().message,
        Service().event,
        Router().message,
        Router(prefix="a.").event,
    ],
)
def test_a_decorator_without_its_pattern_is_refused_at_once(
    decorate: Callable[..., object],
) -> None:
    with pytest.raises(PatternError, match=r"_nobody at .* takes one in brackets"):
        decorate(_nobody)


async def test_a_dataclass_may_have_handlers() -> None:
    @dataclass(frozen=True, slots=True)
    class Counter:
        step: int

        @servers.message("next")
        def following(self, number: int) -> int:
            return number + self.step

    service = Service()
    service.include(Counter(3))
    async with connected(service) as nest:
        assert await nest.send("next", 4) == 7
