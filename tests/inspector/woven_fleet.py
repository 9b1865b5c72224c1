"""Chains over hosts of which each captures its own packets, by a clock of its own."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inspector.sources.records import PacketRecord
from inspector.tcp.segments import decode_segment, endpoints
from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SECOND,
    SERVER,
    START,
    Wire,
)
from tests.inspector.translated import sources, translated

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.inspector.conversation import Conversation

_AWAY_NS = 150_000
GATEWAY, PAYMENTS, BANK, USERS = "10.1.0.1", "10.1.0.2", "10.1.0.3", "10.1.0.4"


@dataclass
class System:
    """Orders at a gateway: it asks for a payment, that asks a bank, and for a user.

    Attributes:
        orders: How many there are.
        alike: How many of them at the end have the same data, at the same time.
        records: All packets, as whoever sends one captures it.
    """

    orders: int = 40
    alike: int = 0
    seed: int = 7
    records: list[PacketRecord] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._rng = random.Random(self.seed)  # noqa: S311 — traffic
        self._wire = Wire()
        self._known: dict[tuple[str, str], Conversation] = {}
        self._plan: list[tuple[int, int, Callable[[], object]]] = []
        for number in range(self.orders):
            same = number >= self.orders - self.alike
            begin = self.orders if same else number
            data = "the same" if same else f"order {self._rng.getrandbits(40)}"
            self._order(number, begin * 7 * MILLISECOND, {"order": data})
            self._call(begin * 7 * MILLISECOND, GATEWAY, BANK, "status", None, 2)
        for time_ns, _, act in sorted(self._plan, key=lambda each: each[:2]):
            self._wire.now_ns = max(self._wire.now_ns, START + SECOND + time_ns)
            act()
        self.records = self._wire.records

    def _talk(self, client: str, server: str) -> Conversation:
        if (client, server) not in self._known:
            port = 40_000 + len(self._known)
            isns = self._rng.getrandbits(32), self._rng.getrandbits(32)
            self._known[client, server] = self._wire.connect(
                client=f"{client}:{port}", server=f"{server}:8888", isns=isns
            )
        return self._known[client, server]

    def _order(self, number: int, time_ns: int, data: object) -> None:
        same = number >= self.orders - self.alike
        client = f"203.0.113.{9 + number if same else 1 + number % 3}"
        self._call(time_ns, client, GATEWAY, "order", data, 20)
        self._call(time_ns + 2 * MILLISECOND, GATEWAY, PAYMENTS, "pay", data, 12)
        self._call(time_ns + 4 * MILLISECOND, PAYMENTS, BANK, "charge", data, 6)
        self._call(time_ns + 15 * MILLISECOND, GATEWAY, USERS, "user", data, 3)

    def _call(  # noqa: PLR0913, PLR0917 — all that a call is
        self,
        time_ns: int,
        client: str,
        server: str,
        route: str,
        data: object,
        takes: int,
    ) -> None:
        identity = f"{self._rng.getrandbits(80):020x}"
        end_ns = time_ns + takes * MILLISECOND

        def ask() -> None:
            self._talk(client, server).ask(route, identity, data).ack(SERVER)

        def answer() -> None:
            self._talk(client, server).answer(identity, {"at": end_ns}).ack(CLIENT)

        self._plan += [
            (time_ns, len(self._plan), ask),
            (end_ns, len(self._plan) + 1, answer),
        ]

    def write(
        self,
        folder: Path,
        hosts: Mapping[str, tuple[int, float]],
        ends: Mapping[str, Mapping[str, str]] | None = None,
        losses: float = 0,
    ) -> list[Path]:
        """Write what some hosts capture; return the names of the files.

        Args:
            folder: Where.
            hosts: Address → how far its clock is ahead, in nanoseconds, and its drift.
            ends: Address → what it sees with other ends; see ``translated``.
            losses: The share of packets that a host lacks.
        """
        captures = [self._seen(host, *clock, losses) for host, clock in hosts.items()]
        for number, host in enumerate(hosts):
            if ends and host in ends:
                captures[number] = translated(captures[number], ends[host])
        return sources(folder, *captures)

    def _seen(
        self, host: str, ahead_ns: int, drift: float, losses: float
    ) -> list[PacketRecord]:
        found = []
        for record in self.records:
            source, target = endpoints(decode_segment(record).flow)
            if host not in {source.host, target.host} or self._rng.random() < losses:
                continue
            time_ns = record.time_ns + (_AWAY_NS if target.host == host else 0)
            own_ns = time_ns + ahead_ns + round((time_ns - START) * drift)
            found.append(
                PacketRecord(
                    record.number, own_ns, record.link_type, record.data, record.length
                )
            )
        return sorted(found, key=lambda each: each.time_ns)
