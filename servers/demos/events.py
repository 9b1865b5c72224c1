r"""The gateway of Nest's samples, ``events`` and ``identity``, by both adapters.

::

    python -m servers.demos.events

    const socket = io('http://127.0.0.1:3000');
    socket.on('events', console.log);               // 1, 2, 3
    socket.emit('events', 'begin');
    socket.emit('identity', 7, console.log);        // 7

    const plain = new WebSocket('ws://127.0.0.1:3001');
    plain.onmessage = ({ data }) => console.log(data);
    plain.onopen = () => plain.send('{"event":"events","data":"begin"}');
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers import Service
from servers.gateways import SocketIo, Ws

from . import programs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractAsyncContextManager


def make_events() -> Service:
    """Return the service, whichever gateway it is reached by."""
    service = Service()

    @service.message("events")
    def events(_data: object) -> Iterator[dict[str, object]]:
        for number in (1, 2, 3):
            yield {"event": "events", "data": number}

    @service.message("identity")
    async def identity(data: object) -> object:
        return data

    return service


def socketio() -> AbstractAsyncContextManager[None]:
    """Run the gateway of Socket.IO."""
    port = programs.port_of("events", 3000)
    gateway = SocketIo(programs.HOST, port, origins="*")
    return programs.serving_at(make_events(), gateway)


def ws() -> AbstractAsyncContextManager[None]:
    """Run the gateway of plain WebSockets."""
    port = programs.port_of("events_ws", 3001)
    return programs.serving_at(make_events(), Ws(programs.HOST, port, origins="*"))


PROGRAMS = {"socketio": socketio, "ws": ws}

if __name__ == "__main__":
    programs.main(PROGRAMS)
