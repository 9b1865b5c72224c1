from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import JsonText
from servers import Context
from servers.server.handlers import Handler
from servers.server.scopes import Scope, surround
from tests.servers.respondents import Recorder, as_respondent

if TYPE_CHECKING:
    from protocol import Json
    from servers import ServerProceed


def _scope(name: str, order: list[str]) -> Scope:
    def guard(_: Context) -> bool:
        order.append(f"guard of {name}")
        return True

    async def middleware(_: Context, proceed: ServerProceed) -> Json:
        order.append(f"middleware of {name}")
        return await proceed()

    def catcher(_: Context, error: KeyError) -> None:
        order.append(f"catcher of {name}")
        raise error

    scope = Scope([guard])
    scope.middleware.append(middleware)
    scope.catchers.add((KeyError,), catcher)
    return scope


async def test_of_each_kind_the_outermost_begins() -> None:
    order = list[str]()

    def fail() -> None:
        order.append("handler")
        raise KeyError

    handler = Handler(fail, "a")
    surround(handler, [_scope("service", order), _scope("router", order)])
    context = Context(
        "a", "a", "1", as_respondent(Recorder()), JsonText(b"1"), JsonText(b"2")
    )
    try:
        await handler.invoke(JsonText(b"1"), context)
    except KeyError:
        order.append("caller")

    assert order == [
        "middleware of service",
        "middleware of router",
        "guard of service",
        "guard of router",
        "handler",
        "catcher of router",
        "catcher of service",
        "caller",
    ]


def test_a_handler_with_nothing_around_it_stays_as_fast_as_it_was() -> None:
    handler = Handler(lambda: 1, "a")

    surround(handler, [Scope(), Scope()])

    assert handler.invoke is handler.bare
    assert handler.plain
    assert handler.at_once
    assert not handler.needs_context
