"""Calls in a second at a broker: our peers beside those of Nest 12, in one run.

::

    python -m benchmarks.at_brokers [--rounds 5] [--seconds 1] [--brokers MQTT]

For each kind of broker, each pair of a client and a server makes as many calls as it
can, turn by turn, on brokers of the same kind in the same run; every server has a
broker of its own, or all would answer, and of RabbitMQ a queue. MQTT is that of Nest's
defaults: 3.1.1, QoS 0. Kafka's broker is noida-db, not Apache's. Of the rounds of a
pair the best counts. The processes of the client, the server and the broker share what
processors there are.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from contextlib import ExitStack
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from benchmarks.servers import Process, nest, ours
from captures.brokers import (
    Broker,
    Mosquitto,
    NatsServer,
    Noida,
    RabbitMQServer,
    RedisServer,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

IN_FLIGHT = (1, 64, 512)
BROKERS: dict[str, type[Broker]] = {
    "NATS": NatsServer,
    "Redis": RedisServer,
    "RabbitMQ": RabbitMQServer,
    "MQTT": Mosquitto,
    "Kafka": Noida,
}
_QUERIES: dict[type[Broker], str] = {
    Mosquitto: "?qos=0&version=3.1.1",
    Noida: "?values=json&start=earliest",
}
"""What ours are told to be as Nest's are."""
PEERS: dict[str, Callable[..., Process]] = {
    "Nest": nest,
    "ours, uvloop": lambda role, url: ours(role, "uvloop", url),
    "ours, asyncio": lambda role, url: ours(role, "asyncio", url),
}
PAIRS = (
    ("Nest", "Nest"),
    ("ours, uvloop", "ours, uvloop"),
    ("ours, asyncio", "ours, asyncio"),
    ("Nest", "ours, uvloop"),
    ("ours, uvloop", "Nest"),
)
"""Clients, and the servers that they call; the first pair is compared with."""


def main() -> None:
    """Measure all pairs at all brokers, and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--brokers", nargs="*", choices=BROKERS, default=[*BROKERS])
    options = parser.parse_args()
    for name in options.brokers:
        measure(name, options.rounds, options.seconds)


def measure(name: str, rounds: int, seconds: float) -> None:
    """Print what each pair does in a second at a kind of broker."""
    with ExitStack() as stack:
        started = partial(_started, stack, _urls(stack, BROKERS[name]))
        servers = {server: started(server) for server in PEERS}
        clients = {
            pair: stack.enter_context(PEERS[pair[0]]("call", servers[pair[1]]))
            for pair in PAIRS
        }
        best: dict[tuple[tuple[str, str], int], float] = defaultdict(float)
        for turn in range(rounds + 1):  # the first is for compilers and caches
            for in_flight in IN_FLIGHT:
                for pair, client in clients.items():
                    told = client.ask(port=0, in_flight=in_flight, seconds=seconds)
                    rate = told["calls"] / told["seconds"]
                    if turn:
                        best[pair, in_flight] = max(best[pair, in_flight], rate)
    _print(name, best)


def _urls(stack: ExitStack, kind: type[Broker]) -> Iterator[str]:
    """Yield where servers are reached, each alone."""
    if kind is RabbitMQServer:
        url = stack.enter_context(kind()).url
        yield from (f"{url}/{number}" for number in count())
    query = _QUERIES.get(kind, "")
    while True:
        yield stack.enter_context(kind()).url + query


def _started(stack: ExitStack, urls: Iterator[str], server: str) -> str:
    """Start a server at a broker of its own; return the URL of that."""
    url = next(urls)
    stack.enter_context(PEERS[server]("serve", url)).told()
    return url


def _print(name: str, best: dict[tuple[tuple[str, str], int], float]) -> None:
    print(f"\n| {name}: client | server | in flight | calls/s | ratio |")
    print("|---|---|---|---|---|")
    for in_flight in IN_FLIGHT:
        for client, server in PAIRS:
            rate = best[(client, server), in_flight]
            ratio = rate / best[PAIRS[0], in_flight]
            print(
                f"| {client} | {server} | {in_flight} | {rate:,.0f} | {ratio:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
