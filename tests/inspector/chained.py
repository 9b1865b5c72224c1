"""Chains at random whose truth is known: exchanges, and which was made for which.

Services on addresses of their own, or all on one, ask one another directly or over a
broker, and push events to clients. Texts are often equal, chains overlap as they like,
clients ask services that others are asked by, and some ports send for nobody's sake.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from inspector.calls.exchanges import Exchange, Kind, Ledger, Outcome
from inspector.calls.passages import Hop, Leg, Passage, Way
from inspector.streams.connections import Connection, Direction
from inspector.streams.endpoints import Endpoint
from inspector.streams.packets import DataPacket
from protocol import UNDEFINED, JsonText, Response, dumps, loads

if TYPE_CHECKING:
    from collections.abc import Iterator

SECOND = 1_000_000_000
_MICROSECOND = 1_000
_DEEPEST = 5
_TEXTS = ["hello", "order", "bye", "a", 7, {}, [1, 2, 3], None]


@dataclass
class Program:
    """A service: where it listens, and the ports that it sends from."""

    name: str
    address: str
    port: int
    over_broker: bool = False
    ports: dict[str, Connection] = field(default_factory=dict)

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(self.address, self.port)


@dataclass
class Shape:
    """What the chains are like.

    Attributes:
        loopback: Whether all are on one address.
        gateways: How many services clients ask …
        services: … and these others.
        clients: How many clients there are.
        traced: The share of chains that name a trace.
        equal: The share of payloads that many have.
        unrelated: The share of calls whose data has nothing to do with their parent's.
        strays: Exchanges for nobody's sake, for each chain.
        calls: How many calls a handler may make, each as likely as the others.
        pace_ns: Between the beginnings of two chains, at the mean.
    """

    loopback: bool = False
    gateways: int = 2
    services: int = 30
    clients: int = 20
    traced: float = 0.2
    equal: float = 0.4
    unrelated: float = 0.15
    strays: float = 0.2
    calls: tuple[int, ...] = (0, 0, 1, 1, 2)
    pace_ns: int = 2_000_000


class World:
    """Make chains.

    Args:
        seed: By which they differ.
        shape: What they are like.

    Attributes:
        truth: Number of an exchange → that of the one for whose sake it was made; None
            for a root.
    """

    def __init__(self, seed: int, shape: Shape | None = None) -> None:
        self.shape = shape or Shape()
        self._random = random.Random(seed)  # noqa: S311 — traffic
        self._made: list[tuple[Exchange, Exchange | None]] = []
        self._connections = 0
        self._packets = 0
        self._values = 0
        self._clients: dict[tuple[int, str], Connection] = {}
        gateways = [self._program(f"g{n}", n) for n in range(self.shape.gateways)]
        services = [
            self._program(f"s{n}", 10 + n, over_broker=n % 2 == 0)
            for n in range(self.shape.services)
        ]
        self._gateways, self._services = gateways, services
        self._broker = Endpoint(self._address(90), 5672)

    @property
    def programs(self) -> list[Program]:
        """All services."""
        return [*self._gateways, *self._services]

    def exchanges(self, chains: int) -> tuple[list[Exchange], dict[int, int | None]]:
        """Return the exchanges of some chains, numbered, and their truth."""
        time_ns = 1_800_000_000 * SECOND
        for _ in range(chains):
            time_ns += round(self._random.expovariate(1 / self.shape.pace_ns))
            self._begin(time_ns)
            if self._random.random() < self.shape.strays:
                self._stray(time_ns)
        self._made.sort(key=lambda each: each[0].time_ns)
        for number, (exchange, _) in enumerate(self._made, start=1):
            exchange.number = exchange.ledger.number = number
        truth = {
            exchange.number: None if parent is None else parent.number
            for exchange, parent in self._made
        }
        return [exchange for exchange, _ in self._made], truth

    def _address(self, place: int) -> str:
        return "127.0.0.1" if self.shape.loopback else f"10.0.0.{place + 1}"

    def _program(self, name: str, place: int, *, over_broker: bool = False) -> Program:
        return Program(name, self._address(place), 3000 + place, over_broker)

    def _connect(self, address: str, server: Endpoint) -> Connection:
        self._connections += 1
        client = Endpoint(address, 20_000 + self._connections)
        made = Connection(self._connections, (client, server), 0, 0)
        made.client = 0
        return made

    def _client(self, gateway: Program) -> Connection:
        number = self._random.randrange(self.shape.clients)
        key = number, gateway.name
        if key not in self._clients:
            address = "127.0.0.1" if self.shape.loopback else f"10.9.0.{number}"
            self._clients[key] = self._connect(address, gateway.endpoint)
        return self._clients[key]

    def _begin(self, time_ns: int) -> None:
        """Let a client ask a gateway."""
        gateway = self._random.choice(self._gateways)
        connection = self._client(gateway)
        trace = f"{self._random.getrandbits(128):032x}"
        traced = trace if self._random.random() < self.shape.traced else ""
        route = f"{gateway.name}.r{self._random.randrange(4)}"
        is_event = self._random.random() < 0.3
        root = self._exchange(connection, route, self._payload(), time_ns, traced)
        self._made.append((root, None))
        end_ns, answers = self._handle(gateway, root, root.data, time_ns, traced, 1)
        if is_event:
            self._send(root)
            if self._random.random() < 0.5:
                data = answers[-1] if answers else root.data
                self._push(connection, route, data, end_ns, root)
        else:
            self._answer(root, end_ns, answers)

    def _stray(self, time_ns: int) -> None:
        """Let somebody ask a service for nobody's sake: a client, or a timer."""
        service = self._random.choice(self._services)
        if service.over_broker:
            return
        key = self._random.randrange(3), service.name
        if key not in self._clients:
            address = self._address(200 + key[0])
            self._clients[key] = self._connect(address, service.endpoint)
        begin_ns = time_ns + self._random.randrange(5_000_000)
        route = f"{service.name}.r{self._random.randrange(3)}"
        data = self._payload()
        stray = self._exchange(self._clients[key], route, data, begin_ns, "")
        self._made.append((stray, None))
        self._answer(stray, begin_ns + self._pause(), [])

    def _handle(  # noqa: PLR0913, PLR0917 — a call of it
        self,
        program: Program,
        outer: Exchange,
        data: Any,  # noqa: ANN401 — JSON
        time_ns: int,
        trace: str,
        depth: int,
    ) -> tuple[int, list[Any]]:
        """Let a program handle something; return when it is done, and what it has."""
        now_ns = time_ns + self._pause()
        answers: list[Any] = []
        calls = 0 if depth >= _DEEPEST else self._random.choice(self.shape.calls)
        ends = [now_ns]
        parallel = self._random.random() < 0.5
        others = [each for each in self._services if each is not program]
        for target in self._random.sample(others, calls):
            begin_ns = now_ns if parallel else max(ends)
            begin_ns += self._random.randrange(1, 50) * _MICROSECOND
            asked = self._derived(data, answers)
            end_ns, answer = self._call(
                program, target, outer, asked, begin_ns, trace, depth
            )
            ends.append(end_ns)
            if answer is not UNDEFINED:
                answers.append(answer)
        return max(ends) + self._pause(), answers

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
        """Let a program ask another; return when that is over, and the answer."""
        route = f"{target.name}.r{self._random.randrange(3)}"
        port, time_ns = self._port(program, target, time_ns)
        made = self._exchange(port, route, data, time_ns, trace)
        self._made.append((made, outer))
        had_ns = made.asked_ns
        if target.over_broker:
            had_ns = self._deliver(made, target)
        end_ns, answers = self._handle(target, made, data, had_ns, trace, depth + 1)
        if self._random.random() < 0.2:
            self._send(made)
            return made.asked_ns, UNDEFINED
        answer = self._answer(made, end_ns, answers)
        if target.over_broker:
            self._hand_back(made, end_ns)
        return made.last_reply_ns or end_ns, answer

    def _port(
        self, program: Program, target: Program, time_ns: int
    ) -> tuple[Connection, int]:
        """Return from where a program asks another, and when it can do so."""
        server = self._broker if target.over_broker else target.endpoint
        key = "broker" if target.over_broker else target.name
        if key not in program.ports:
            program.ports[key] = self._connect(program.address, server)
        return program.ports[key], time_ns

    def _exchange(
        self,
        connection: Connection,
        route: str,
        data: Any,  # noqa: ANN401 — JSON
        time_ns: int,
        trace: str,
    ) -> Exchange:
        made = Exchange(0, Kind.MESSAGE, connection, Ledger(0), time_ns, time_ns)
        made.ledger.carrier = "tcp"
        made.route = made.pattern = route
        made.data = data if isinstance(data, JsonText) else JsonText(dumps(data))
        if trace:
            parent = f"00-{trace}-{self._random.getrandbits(64):016x}-01"
            made.metadata = JsonText(dumps({"traceparent": parent}))
        made.request_packets = [self._packet(time_ns)]
        return made

    def _packet(self, time_ns: int) -> DataPacket:
        self._packets += 1
        return DataPacket(self._packets, time_ns, 0, 1)

    def _deliver(self, made: Exchange, target: Program) -> int:
        """Let a broker hand a request on; return when it does."""
        if "serves" not in target.ports:
            target.ports["serves"] = self._connect(target.address, self._broker)
        served = target.ports["serves"]
        had_ns = made.time_ns + self._random.randrange(50, 900) * _MICROSECOND
        made.ledger.carrier = "rabbitmq"
        made.passage = Passage(target.name, "replies", [], asked=True, served=True)
        made.connection.carrier = "rabbitmq"
        for way, connection, time_ns in (
            (Way.IN, made.connection, made.time_ns),
            (Way.OUT, served, had_ns),
        ):
            self._hop(made, Leg.REQUEST, way, connection, time_ns)
        return had_ns

    def _hand_back(self, made: Exchange, end_ns: int) -> None:
        assert made.passage is not None
        served = made.passage.hops[1].direction.connection
        told_ns = end_ns + self._random.randrange(50, 900) * _MICROSECOND
        self._hop(made, Leg.REPLY, Way.IN, served, end_ns)
        self._hop(made, Leg.REPLY, Way.OUT, made.connection, told_ns)
        made.last_reply_ns = made.first_reply_ns = told_ns
        made.reply_ends = [self._packet(told_ns)]

    def _hop(
        self, made: Exchange, leg: Leg, way: Way, connection: Connection, time_ns: int
    ) -> None:
        assert made.passage is not None
        direction = Direction(connection, 0 if way is Way.IN else 1)
        packet = self._packet(time_ns)
        made.passage.hops.append(Hop(leg, way, direction, [packet], time_ns, ""))

    def _send(self, made: Exchange) -> None:
        made.kind, made.outcome = Kind.EVENT, Outcome.SENT

    def _answer(self, made: Exchange, end_ns: int, answers: list[Any]) -> Any:  # noqa: ANN401
        """Let an exchange be answered; return with what."""
        value: Any = self._payload()
        if answers and self._random.random() < 0.6:
            value = self._random.choice([answers, answers[-1], {"of": answers}])
        text = JsonText(dumps(value))
        made.replies = [Response(id="1", response=text, is_disposed=True)]
        made.outcome = Outcome.COMPLETED
        made.first_reply_ns = made.last_reply_ns = end_ns
        made.reply_ends = [self._packet(end_ns)]
        return value

    def _push(
        self,
        connection: Connection,
        route: str,
        data: Any,  # noqa: ANN401 — JSON
        time_ns: int,
        outer: Exchange,
    ) -> None:
        pushed = self._exchange(connection, route, data, time_ns, "")
        pushed.pushed = True
        self._send(pushed)
        self._made.append((pushed, outer))

    def _payload(self) -> Any:  # noqa: ANN401 — JSON
        if self._random.random() < self.shape.equal:
            return self._random.choice(_TEXTS)
        self._values += 1
        return {"id": self._values, "text": f"text {self._values}"}

    def _derived(self, data: Any, answers: list[Any]) -> Any:  # noqa: ANN401 — JSON
        """Return what a handler asks another: often with what it was asked."""
        if isinstance(data, JsonText):
            data = loads(data)
        if self._random.random() < self.shape.unrelated:
            return self._payload()
        chance = self._random.random()
        if chance < 0.2 and answers:
            return answers[-1]
        if chance < 0.4:
            return {"data": data, "by": "me"}
        if chance < 0.6 and isinstance(data, dict) and data:
            key = min(data, key=lambda each: each == "by")
            return {key: data[key]}
        return data

    def _pause(self) -> int:
        return self._random.randrange(20, 3_000) * _MICROSECOND


def judged(
    exchanges: Iterator[Exchange] | list[Exchange], truth: dict[int, int | None]
) -> dict[str, int]:
    """Return how many parents are right, wrong, in doubt, or missing."""
    counts = dict.fromkeys(
        ["right", "wrong", "doubt", "doubt has it", "missing", "roots", "invented"], 0
    )
    for exchange in exchanges:
        link, true = exchange.link, truth[exchange.number]
        parent = None if link is None else link.parent
        if parent is None:
            if true is None:
                counts["roots"] += 1
            elif link is None:
                counts["missing"] += 1
            else:
                counts["doubt"] += 1
                counts["doubt has it"] += true in link.possible
        elif parent == true:
            counts["right"] += 1
        else:
            counts["invented" if true is None else "wrong"] += 1
    return counts
