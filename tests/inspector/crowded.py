"""Chains on one address, where all that makes them hard to tell is at work.

Services keep a connection for each that they ask, as Nest's do, and open it when they
need it first, so that what was sent first comes late. They answer before they have told
others, ask again what was not answered, look up the same in one database, and send
events back to the gateway that a message names, for the client whose socket it names.
Clients ask two gateways the same at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from protocol import JsonText, Response, dumps, loads
from tests.inspector.chained import Program, Shape, World

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from inspector.streams.connections import Connection

_MICROSECOND = 1_000
_MILLISECOND = 1_000_000


@dataclass
class CrowdShape(Shape):
    """What the chains are like.

    Attributes:
        late: The share of handlers that send an event after they have answered.
        retries: The share of calls that are made again with the same data.
        shared: The share of answers that come from a database that all have.
        twice: The share of clients that ask two gateways the same at once.
        sockets: Whether gateways name the sockets of their clients to others …
        back: … and the share of handlers that send something back to the gateway.
    """

    loopback: bool = True
    late: float = 0.05
    retries: float = 0.05
    shared: float = 0.1
    twice: float = 0.05
    sockets: bool = False
    back: float = 0.3


class Crowd(World):
    """Make chains on one address.

    Args:
        seed: By which they differ.
        shape: What they are like.
    """

    shape: CrowdShape

    def __init__(self, seed: int, shape: CrowdShape | None = None) -> None:
        super().__init__(seed, shape or CrowdShape())
        self._sids: dict[str, tuple[Program, Connection]] = {}

    def _port(
        self, program: Program, target: Program, time_ns: int
    ) -> tuple[Connection, int]:
        if target.name in program.ports:
            return program.ports[target.name], time_ns
        server = self._broker if target.over_broker else target.endpoint
        made = self._connect(program.address, server)
        program.ports[target.name] = made
        made.opened_ns, made.attempts = time_ns, 1
        return made, time_ns + self._random.randrange(200, 9_000) * _MICROSECOND

    def _begin(self, time_ns: int) -> None:
        super()._begin(time_ns)
        if self._random.random() < self.shape.twice:
            root, _ = next(
                each for each in reversed(self._made) if each[0].time_ns == time_ns
            )
            gateway = self._random.choice(self._gateways)
            port = self._client(gateway)
            begin_ns = time_ns + self._random.randrange(5, 80) * _MICROSECOND
            again = self._exchange(port, f"{gateway.name}.r9", root.data, begin_ns, "")
            self._made.append((again, None))
            end_ns, answers = self._handle(gateway, again, again.data, begin_ns, "", 1)
            self._answer(again, end_ns, answers)

    def _client(self, gateway: Program) -> Connection:
        made = super()._client(gateway)
        if self.shape.sockets and not made.sockets:
            sid = f"{self._random.getrandbits(80):020x}"
            made.carrier, made.sockets = "socketio", frozenset([sid])
            self._sids[sid] = gateway, made
        return made

    def _handle(  # noqa: PLR0913, PLR0917 — a call of it
        self,
        program: Program,
        outer: Exchange,
        data: Any,  # noqa: ANN401 — JSON
        time_ns: int,
        trace: str,
        depth: int,
    ) -> tuple[int, list[Any]]:
        data = loads(data) if isinstance(data, JsonText) else data
        sid = next(iter(outer.connection.sockets), "") if depth == 1 else ""
        if sid:
            metadata = {"socket_id": sid, "gateway": f"{program.name}-queue"}
            data = {"said": data, "metadata": metadata}
        end_ns, answers = super()._handle(program, outer, data, time_ns, trace, depth)
        if self._random.random() < self.shape.late and depth > 1:
            others = [each for each in self._services if each is not program]
            late_ns = end_ns + self._random.randrange(50, 5_000) * _MICROSECOND
            target = self._random.choice(others)
            self._call(program, target, outer, data, late_ns, trace, depth + 9)
        if depth > 1 and self._random.random() < self.shape.back:
            self._send_back(program, outer, data, end_ns)
        return end_ns, answers

    def _send_back(
        self,
        program: Program,
        outer: Exchange,
        data: Any,  # noqa: ANN401 — JSON
        end_ns: int,
    ) -> None:
        """Send an event to the gateway that is named; it says so to its client."""
        metadata = data.get("metadata") if isinstance(data, dict) else None
        if metadata is None:
            return
        gateway, client = self._sids[metadata["socket_id"]]
        name = metadata["gateway"]
        target = Program(name, gateway.address, gateway.port, over_broker=True)
        target.ports = gateway.ports
        begin_ns = end_ns - self._random.randrange(1, 20) * _MICROSECOND
        port, begin_ns = self._port(program, target, begin_ns)
        self._values += 1
        told = {"number": self._values, **data}
        made = self._exchange(port, f"{gateway.name}.told", told, begin_ns, "")
        self._made.append((made, outer))
        had_ns = self._deliver(made, target) + self._pause()
        self._send(made)
        said = {"number": told["number"], "said": told["said"]}
        self._push(client, "told", said, had_ns, made)

    def _call(  # noqa: PLR0913, PLR0917 — the same
        self,
        program: Program,
        target: Program,
        outer: Exchange,
        data: Any,  # noqa: ANN401 — JSON
        time_ns: int,
        trace: str,
        depth: int,
    ) -> tuple[int, Any]:
        told = super()._call(program, target, outer, data, time_ns, trace, depth)
        if self._random.random() < self.shape.retries:
            again_ns = told[0] + self._random.randrange(10, 500) * _MICROSECOND
            return super()._call(program, target, outer, data, again_ns, trace, depth)
        return told

    def _answer(self, made: Exchange, end_ns: int, answers: list[Any]) -> Any:  # noqa: ANN401
        value = super()._answer(made, end_ns, answers)
        if self._random.random() >= self.shape.shared:
            return value
        asked = dumps(loads(made.data)).decode() if made.data else ""
        value = {"name": f"name of {asked}"}
        made.replies = [
            Response(id="1", response=JsonText(dumps(value)), is_disposed=True)
        ]
        return value
