"""A NATS server that routes, in a model: what it is handed reaches who has subscribed.

It knows which exchange each captured packet is of, and how that ended for its caller.
What waits for a peer reaches it in order; who is next to get, say or answer something,
chance decides.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, NamedTuple

from inspector.calls.exchanges import Outcome
from tests.inspector.conversation import CLIENT
from tests.inspector.over_nats import Broker, Peer

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tests.inspector.conversation import Wire
    from tests.inspector.over_nats import Passing

STREAM = 3


class Plan(NamedTuple):
    """An exchange that is to be.

    Attributes:
        caller: The place of its caller among the peers.
        fate: ``event``; of a call ``value``, ``stream``, ``error``, ``silence``, or
            ``leave`` where its caller leaves at once.
        subject: Where it is sent to.
        data: What it carries: of few kinds, so that many are equal.
    """

    caller: int
    fate: str
    subject: str
    data: int


class Happened:
    """An exchange as it was.

    Attributes:
        plan: What it was to be.
        realm: The broker.
        outcome: How it ended for its caller.
        packets: The captured packets of it.
        copies: How many the broker hands on.
        caller: Where its caller is.
    """

    def __init__(self, plan: Plan, realm: str, caller: str) -> None:
        self.plan = plan
        self.realm = realm
        self.outcome = Outcome.SENT if plan.fate == "event" else Outcome.UNANSWERED
        self.packets: list[int] = []
        self.copies = 0
        self.caller = caller

    def like(self, other: Happened) -> bool:
        """Whether nothing but its order tells one from another."""
        return self.plan.fate == other.plan.fate == "event" and (
            (self.realm, self.plan.subject, self.plan.data)
            == (other.realm, other.plan.subject, other.plan.data)
        )


class Server:
    """A server, its peers, and what waits for each.

    Args:
        wire: The capture.
        endpoint: Where it listens.
        peers: Of each peer: the subject that it serves, if any; its group, if any; and
            whether it is captured.
        rng: What decides who is next.
    """

    def __init__(
        self,
        wire: Wire,
        endpoint: str,
        peers: list[tuple[str | None, str | None, bool]],
        rng: Random,
    ) -> None:
        self.broker = Broker(wire, endpoint)
        self._rng = rng
        self.exchanges: list[Happened] = []
        self.peers: list[Peer] = []
        self._serving: dict[str, dict[str, list[Peer]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self._doing: list[Callable[[], None]] = []  # what peers may do, in any order
        host = endpoint.partition(":")[0]
        first = 10_000 + 100 * int(host.split(".")[1])  # no inbox is of two brokers
        for number, (subject, group, captured) in enumerate(peers):
            place = f"{host}{number}:{first + number}"
            peer = self.broker.peer(place, captured=captured)
            self.peers.append(peer)
            if subject is not None:
                peer.subscribe(subject, group=group)
                self._serving[subject][group or f"alone {number}"].append(peer)
        self._waiting: dict[Peer, deque[Callable[[], None]]] = defaultdict(deque)

    def begin(self, plan: Plan) -> None:
        """Let a caller say something."""
        caller = self.peers[plan.caller % len(self.peers)]
        place = f"{caller.line.addresses[CLIENT]}:{caller.line.ports[CLIENT]}"
        exchange = Happened(plan, self.broker.endpoint, place)
        self.exchanges.append(exchange)
        if plan.fate == "event":
            passing = caller.emit(plan.subject, plan.data)
        else:
            passing = caller.ask(plan.subject, plan.data)
        self._note(exchange, caller)
        listening = [True]
        if plan.fate == "leave":
            listening[0] = False
            self._doing.append(lambda: self._leave(exchange, caller, passing))
        self._route(exchange, caller, passing, listening)

    def step(self) -> bool:
        """Let something happen; return whether there was anything."""
        queues = [each for each in self._waiting.values() if each]
        choices = len(queues) + len(self._doing)
        if not choices:
            return False
        choice = self._rng.randrange(choices)
        if choice < len(queues):
            queues[choice].popleft()()
        else:
            self._doing.pop(choice - len(queues))()
        return True

    def _note(self, exchange: Happened, peer: Peer) -> None:
        """Learn that the last packet was of an exchange."""
        if peer.line.wire is self.broker.wire:
            exchange.packets.append(len(self.broker.wire.records))

    def _route(
        self, exchange: Happened, caller: Peer, passing: Passing, listening: list[bool]
    ) -> None:
        groups = self._serving[exchange.plan.subject].values()
        exchange.copies = len(groups)
        for members in groups:
            handler = self._rng.choice(members)

            def deliver(handler: Peer = handler) -> None:
                handler.take(passing)
                self._note(exchange, handler)
                if exchange.plan.fate != "event":
                    self._handle(exchange, caller, handler, passing, listening)

            self._waiting[handler].append(deliver)
        if not groups and exchange.plan.fate != "event":

            def refuse() -> None:
                caller.refused(passing)
                self._note(exchange, caller)
                exchange.outcome = Outcome.NO_HANDLER
                if listening[0]:
                    self._doing.append(lambda: self._leave(exchange, caller, passing))

            self._waiting[caller].append(refuse)

    def _handle(
        self,
        exchange: Happened,
        caller: Peer,
        handler: Peer,
        passing: Passing,
        listening: list[bool],
    ) -> None:
        """Let a handler answer, value by value."""
        fate = exchange.plan.fate
        left = {"stream": STREAM, "silence": 0}.get(fate, 1)

        def answer() -> None:
            nonlocal left
            left -= 1
            if fate == "error":
                body = handler.fail(passing, "no")
            else:
                body = handler.answer(passing, exchange.plan.data, last=not left)
            self._note(exchange, handler)
            if listening[0]:
                last = not left
                self._waiting[caller].append(
                    lambda: self._get(
                        exchange, caller, passing, listening, body, last=last
                    )
                )
            if left:
                self._doing.append(answer)

        if left:
            self._doing.append(answer)

    def _get(  # noqa: PLR0913 — all that a reply is about
        self,
        exchange: Happened,
        caller: Peer,
        passing: Passing,
        listening: list[bool],
        body: bytes,
        *,
        last: bool,
    ) -> None:
        caller.get(passing, body)
        self._note(exchange, caller)
        if last and listening[0]:
            listening[0] = False
            failed = exchange.plan.fate == "error"
            exchange.outcome = Outcome.ERROR if failed else Outcome.COMPLETED
            self._doing.append(lambda: self._leave(exchange, caller, passing))

    def _leave(self, exchange: Happened, caller: Peer, passing: Passing) -> None:
        caller.leave(passing)
        self._note(exchange, caller)
