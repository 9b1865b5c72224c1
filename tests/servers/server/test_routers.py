from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import route
from servers import (
    Client,
    DuplicateHandlerError,
    HandlerError,
    PatternError,
    Router,
    Service,
    UsageError,
)
from servers.testing import connected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from protocol import Json
    from servers import Context, ServerProceed
    from servers.server.prefixes import Prefix
    from servers.server.registrar import Registrar


def _answer() -> int:
    return 1


def _other() -> int:
    return 2


def _orders() -> Router:
    orders = Router(prefix="orders.")

    @orders.message("list")
    def list_orders(customer: int) -> list[int]:
        return [customer]

    @orders.event("paid")
    def paid() -> str:
        return "thanks"

    return orders


async def test_a_service_answers_what_its_routers_answer() -> None:
    service, api = Service(), Router(prefix="api.")
    api.include(_orders())
    service.include(api, prefix="v1.")

    async with (
        service.listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        assert await nest.send("v1.api.orders.list", 7) == [7]
        assert await nest.send("v1.api.orders.paid", 0) == "thanks"


async def test_objects_are_merged() -> None:
    service, orders = Service(), Router(prefix={"service": "orders"})
    orders.message([{"cmd": "list"}, {"cmd": "all"}])(_answer)
    service.include(orders, prefix={"v": 2})

    async with connected(service) as nest:
        pattern = {"cmd": "list", "service": "orders", "v": 2}
        assert await nest.send(pattern, 0) == 1
        assert await nest.send({**pattern, "cmd": "all"}, 0) == 1


def test_a_router_may_be_included_twice_under_different_prefixes() -> None:
    service, orders = Service(), _orders()
    service.include(orders, prefix="v1.")
    service.include(orders, prefix="v2.")

    assert service.routes == [
        "v1.orders.list",
        "v1.orders.paid",
        "v2.orders.list",
        "v2.orders.paid",
    ]


def test_what_is_wrong_is_found_where_it_is_registered() -> None:
    text, members = Router(prefix="orders."), Router(prefix={"service": "orders"})

    with pytest.raises(PatternError, match=r"not fit the prefix 'orders\.'"):
        text.message({"cmd": "list"})
    with pytest.raises(PatternError, match="an object goes into objects"):
        members.event("list")
    with pytest.raises(PatternError, match="cannot be a prefix"):
        Router(prefix=7)  # type: ignore[arg-type]
    with pytest.raises(HandlerError, match="requires '_two'"):
        text.message("list")(lambda _one, _two: 1)
    with pytest.raises(HandlerError, match="is a coroutine function"):

        @text.message("list", thread=True)
        async def wrong() -> None:
            pass

    assert text.collected() == members.collected() == []


def test_routers_of_different_kinds_do_not_nest() -> None:
    outer, inner = Router(prefix="orders."), Router(prefix={"v": 1})
    inner.message({"cmd": "list"})(_answer)

    with pytest.raises(PatternError, match=r"not fit the prefix 'orders\.'"):
        outer.include(inner)
    assert outer.collected() == []
    inner.message({"cmd": "more"})(_answer)  # as it was not included


def test_a_duplicate_names_both_places_and_nothing_is_half_included() -> None:
    service, orders = Service(), Router()
    service.message("b")(_answer)
    orders.message("a")(_answer)
    orders.message("b")(_other)

    with pytest.raises(DuplicateHandlerError) as raised:
        service.include(orders)

    said = str(raised.value)
    file = "test_routers.py"
    assert "'b' has a message handler already, _answer() " in said
    assert f"_answer() ({file}:{_answer.__code__.co_firstlineno})" in said
    assert f"_other() ({file}:{_other.__code__.co_firstlineno}) would replace" in said
    assert service.routes == ["b"]


def test_a_duplicate_in_one_router_is_found_before_that_is_included() -> None:
    orders, inner = Router(prefix="a."), Router()
    inner.message("a.b")(_other)
    orders.message("b")(_answer)

    with pytest.raises(DuplicateHandlerError, match=r"_answer\(\) .* _other\(\)"):
        orders.message("b")(_other)
    assert [each.function for each in orders.collected()] == [_answer]
    orders.message("b", replace=True)(_other)
    with pytest.raises(DuplicateHandlerError):
        inner.message(["c", "a.b"])(_answer)
    assert len(inner.collected()) == 1


def test_one_that_may_replace_does() -> None:
    service, orders = Service(), Router()
    service.message(["a", "b"])(_answer)
    orders.message("b", replace=True)(_other)
    service.include(orders)

    assert [each.function for each in service.handlers] == [_answer, _other]


def test_nothing_can_be_added_once_it_would_be_lost() -> None:
    service, orders = Service(), _orders()
    service.include(orders)

    with pytest.raises(UsageError, match="included already"):
        orders.message("late")(_answer)
    with pytest.raises(UsageError, match="included already"):
        orders.include(Router())
    with pytest.raises(UsageError, match="included already"):
        orders.exception(KeyError)(lambda _context, _error: 1)


def test_what_cannot_be_included_is_refused() -> None:
    router = Router()

    with pytest.raises(UsageError, match="a service cannot be included"):
        router.include(Service())
    with pytest.raises(UsageError, match="cannot include itself"):
        router.include(router)


async def test_middleware_of_a_router_is_around_its_handlers_alone() -> None:
    service, orders, order = Service(), Router(), list[str]()
    orders.message("in")(_answer)
    service.message("out")(_answer)

    def note(registrar: Registrar, name: str) -> None:
        @registrar.use
        async def noted(context: Context, proceed: ServerProceed) -> Json:
            order.append(f"{name} {context.route}")
            return await proceed()

    note(orders, "router")
    service.include(orders)
    note(service, "service")
    async with connected(service) as nest:
        await nest.send("in", 0)
        await nest.send("out", 0)

    assert order == ["service in", "router in", "service out"]


Tree: TypeAlias = "tuple[str | dict[str, object] | None, list[str], list[Tree]]"
_names = st.text("ab.", min_size=1, max_size=2)


def _trees(prefixes: st.SearchStrategy[Prefix]) -> st.SearchStrategy[Tree]:
    def node(children: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
        few = st.lists(children, max_size=3)
        return st.tuples(st.none() | prefixes, st.lists(_names, max_size=3), few)

    leaf: st.SearchStrategy[Tree] = st.tuples(
        st.none() | prefixes, st.lists(_names, max_size=3), st.just([])
    )
    return st.recursive(leaf, node, max_leaves=6)


def _build(tree: Tree, pattern: Callable[[str], Json]) -> Router:
    prefix, names, children = tree
    router = Router(prefix=prefix)
    for name in names:
        router.event(pattern(name))(_answer)
    for child in children:
        router.include(_build(child, pattern))
    return router


def _texts(tree: Tree, before: str = "") -> Iterator[str]:
    prefix, names, children = tree
    before += str(prefix or "")
    yield from (before + name for name in names)
    for child in children:
        yield from _texts(child, before)


@given(_trees(st.text("cd", max_size=2)))
def test_any_tree_of_strings_gives_the_texts_along_its_branches(tree: Tree) -> None:
    service = Service()
    service.include(_build(tree, lambda name: name), prefix="x")

    assert sorted(service.routes) == sorted(_texts(tree, "x"))


def _objects(tree: Tree, before: dict[str, object]) -> Iterator[str]:
    prefix, names, children = tree
    before = {**before, **(prefix if isinstance(prefix, dict) else {})}
    yield from (route({**before, "cmd": name}) for name in names)
    for child in children:
        yield from _objects(child, before)


@given(_trees(st.dictionaries(st.sampled_from("pqr"), st.just(1), max_size=2)))
def test_any_tree_of_objects_gives_the_members_along_its_branches(tree: Tree) -> None:
    service = Service()
    service.include(_build(tree, lambda name: {"cmd": name}), prefix={"x": 0})

    assert sorted(service.routes) == sorted(_objects(tree, {"x": 0}))
