"""From a packet to its handler, and from the handler's result to replies.

::

    receive(packet, respondent) ─┬► Request ─► handler ─┬► value ─► quick reply
                                 │                      └► Call ─► replies
                                 │             no handler ─► error, or middleware
                                 └► Event ───► handlers ─► Calls, which never reply

A desk knows no transport: a :class:`~servers.server.respondent.Respondent` brings the
packets and takes the bodies of the replies.

Source: ``packages/microservices/server/server-tcp.ts``, ``handleMessage``;
``server/server.ts``, ``handleEvent``.
"""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from typing import TYPE_CHECKING

from protocol import UNDEFINED, Event, PacketError, Request, dumps

from .calls import Call
from .context import Context
from .joining import join
from .quick_replies import quick_reply
from .replies import no_handler_body
from .unknown import UnknownCall

if TYPE_CHECKING:
    from protocol import Packet

    from .handlers import Handler, Payload
    from .respondent import Respondent
    from .routes import Routes


class Desk:
    """Answer packets with the handlers of a service.

    Args:
        routes: The handlers.
    """

    def __init__(self, routes: Routes) -> None:
        self._routes = routes

    def receive(self, packet: Packet | PacketError, respondent: Respondent) -> None:
        """Handle a packet.

        Args:
            packet: The packet. A response, which means nothing to a server, and JSON
                that is not a packet count as an event without a pattern, as in Nest.
            respondent: Where the replies go.
        """
        if type(packet) is Request:
            handler = self._routes.find(packet.pattern)
            self._request(packet, handler, respondent)
        elif type(packet) is Event:
            self._event(packet, self._routes.find(packet.pattern), respondent)
        else:
            self._event(_NOTHING, None, respondent)

    # decision 139
    def receive_for(
        self, route: str, packet: Request | Event, respondent: Respondent
    ) -> None:
        """Handle a packet that a broker delivered for a route.

        Args:
            route: What was subscribed to, whatever pattern the packet has.
            packet: The packet.
            respondent: Where the replies go.
        """
        handler = self._routes.find(route)
        if isinstance(packet, Request):
            self._request(packet, handler, respondent)
        else:
            self._event(packet, handler, respondent)

    def _request(
        self, packet: Request, handler: Handler | None, respondent: Respondent
    ) -> None:
        if handler is None:
            self._refuse(packet, respondent)
        elif handler.plain and not respondent.starting and respondent.hooks is None:
            _answer(packet, handler, respondent)
        elif handler.later and respondent.hooks is None:
            respondent.start(_answer_later(packet, handler, respondent))
        else:
            _call(packet, handler, respondent)

    def _event(
        self, packet: Event, handler: Handler | None, respondent: Respondent
    ) -> None:
        if handler is None:
            self._ignore(packet, respondent)
            return
        context = _context(packet, handler, respondent)
        following: Handler | None = handler
        while following is not None:
            _begin(Call(respondent, following, None), packet.data, context)
            following = following.following

    def _refuse(self, packet: Request, respondent: Respondent) -> None:
        unknown = self._routes.unknown
        if unknown is not None:
            call = UnknownCall(respondent, unknown, dumps(packet.id), packet)
            _begin(call, packet.data, _context(packet, unknown, respondent))
            return
        respondent.send(no_handler_body(dumps(packet.id)))
        if respondent.hooks is not None:
            respondent.hooks.call_started("server", "")
            respondent.hooks.call_finished("server", "", "message", "no_handler", 0.0)

    def _ignore(self, packet: Event, respondent: Respondent) -> None:
        unknown = self._routes.unknown
        if unknown is None or packet is _NOTHING:
            respondent.unhandled(packet)
        else:
            call = UnknownCall(respondent, unknown, None, packet)
            _begin(call, packet.data, _context(packet, unknown, respondent))


def _answer(packet: Request, handler: Handler, respondent: Respondent) -> None:
    """Answer with the value of a plain function.

    Most handlers are plain functions. Nothing but the reply is made for such a call,
    which takes half the time that a Call takes.
    """
    own = copy_context()
    try:
        result = own.run(handler.invoke, packet.data, None)
    except BaseException as error:  # noqa: BLE001 — whatever a handler raises
        Call(respondent, handler, dumps(packet.id)).fail(error)
        return
    body = quick_reply(result, packet.id)
    if body is not None:
        respondent.send(body)
    else:
        own.run(Call(respondent, handler, dumps(packet.id)).settle, result)


async def _answer_later(
    packet: Request, handler: Handler, respondent: Respondent
) -> None:
    """Answer with the value of a coroutine function, as its task."""
    try:
        result = await handler.invoke(packet.data, None)
        body = quick_reply(result, packet.id)
    except BaseException as error:  # noqa: BLE001 — whatever a handler raises
        Call(respondent, handler, dumps(packet.id)).fail_later(error)
    else:
        if body is not None:
            respondent.send(body)
        else:
            await Call(respondent, handler, dumps(packet.id)).settle_in_task(result)
    finally:
        respondent.finished()


def _call(packet: Request, handler: Handler, respondent: Respondent) -> None:
    call = Call(respondent, handler, dumps(packet.id))
    context = _context(packet, handler, respondent)
    if handler.following is not None:
        call.settle(join(handler, packet.data, context))
    else:
        _begin(call, packet.data, context)


# decision 98: Every call has a context of its own
# decision 72: Handlers begin in the order of their requests
def _begin(call: Call, payload: Payload, context: Context | None) -> None:
    """Run a call after those that came before it.

    In JavaScript an async function runs at once up to its first await. Where tasks do
    not begin eagerly, this one runs in the next turn of the event loop, so a plain
    function that comes after it waits for that turn too.
    """
    if not call.handler.at_once:
        call.run(payload, context)  # its task has a context of its own
    elif call.respondent.starting:
        asyncio.get_running_loop().call_soon(call.run, payload, context)
    else:
        copy_context().run(call.run, payload, context)


def _context(
    packet: Request | Event, handler: Handler, respondent: Respondent
) -> Context | None:
    """Return the context of a call, or None where no handler takes one."""
    first: Handler | None = handler
    while first is not None and not first.needs_context:
        first = first.following
    if first is None:
        return None
    return Context(
        pattern=packet.pattern,
        route=handler.route,
        id=packet.id if isinstance(packet, Request) else UNDEFINED,
        respondent=respondent,
        data_text=packet.data,
        metadata_text=packet.metadata,
    )


_NOTHING = Event(UNDEFINED)  # an event that no handler can be registered for
