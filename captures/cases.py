"""Record captures of what goes wrong, as ``tests/data/cases`` has them.

::

    python -m captures.cases               every case
    python -m captures.cases NAME…         the named ones

A case is a function below: who takes part, and what they do. The file of the name lands
in ``tests/data/cases``, gzipped where it is large; what is right of it stands in
``cases.toml`` there, which is written by a person, who looks at the capture with tshark
and knows what was played. Times and ports of the clients change with each recording,
and so may what ``cases.toml`` quotes of them.

Source: the services and clients are real Nest 12 (``applications/cases``), HAProxy and
redis-server those of Debian; everything else is bare sockets.
"""

from __future__ import annotations

import gzip
import random
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from .record import (
    COMPILER,
    HERE,
    NEST,
    RecordingError,
    await_end,
    compile_applications,
    find_node,
    say,
)
from .stage import Stage, connected, exchange, framed, send, serving

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

FOLDER = HERE.parent / "tests" / "data" / "cases"
LARGE = 20_000  # bytes from which on a capture is kept compressed
CASES: dict[str, Callable[[Stage], None]] = {}
_FIRST, _SECOND, _FRONT = 42_410, 42_411, 42_412
_SUM = {"send": "sum", "data": [1, 2, 3]}
_ONE = {"pattern": "sum", "data": [1], "id": "1"}


def case(play: Callable[[Stage], None]) -> Callable[[Stage], None]:
    """Register a case by the name of its function."""
    CASES[play.__name__.replace("_", "-")] = play
    return play


def main(names: list[str]) -> None:
    """Record the named cases, or all."""
    if unknown := set(names) - set(CASES):
        raise RecordingError(f"no case is called {', '.join(sorted(unknown))}")
    node = find_node()
    compile_applications(node, {COMPILER})
    for name in names or CASES:
        say(f"recording {name}")
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            pcap = folder / f"{name}-v12.pcap"
            CASES[name](Stage(node, NEST / COMPILER / "build", folder, pcap))
            _keep(pcap)


def _keep(pcap: Path) -> None:
    """Put a capture into the folder of the cases, compressed where it is large."""
    data, name = pcap.read_bytes(), pcap.name
    if len(data) > LARGE:
        data, name = gzip.compress(data, mtime=0), f"{name}.gz"
    (FOLDER / name).write_bytes(data)


@case
def bigint(stage: Stage) -> None:
    """Results that JSON cannot hold, between calls that are answered."""
    with stage.recorded(_FIRST), stage.service(_FIRST):
        stage.client(
            _FIRST,
            _SUM,
            {"send": "big", "patience": 400},
            {"send": "circ", "patience": 400},
            _SUM,
        )


@case
def misc(stage: Stage) -> None:
    """Probes, results that are always undefined, spellings, masked errors."""
    spelled = {"controller": "main", "use": "add"}
    turned = dict(reversed(spelled.items()))
    patterns = ["del", "del", "del", spelled, turned, 7, "7"]
    patterns += [{"cmd": "check"}, {"cmd": "chek"}, "check"]
    with stage.recorded(_FIRST), stage.service(_FIRST):
        for _ in range(3):
            connected(_FIRST).close()
        stage.client(_FIRST, *({"send": pattern, "data": 1} for pattern in patterns))


@case
def routes(stage: Stage) -> None:
    """Two patterns that differ in a letter, a call that waits, an id used twice."""
    find, wait = {"cmd": "users.find"}, {"cmd": "users.wait"}
    calls = [{"send": find, "data": {"n": number}} for number in range(6)]
    twice = {"pattern": wait, "data": 1, "id": "7"}
    with stage.recorded(_FIRST), stage.service(_FIRST):
        stage.client(
            _FIRST,
            *calls,
            {"send": {"cmd": "users.fnd"}},
            {"send": wait, "patience": 400},
        )
        last = framed({"pattern": "sum", "data": [1], "id": "8"})
        send(_FIRST, framed(twice), framed(twice), last, replies=1)


@case
def hostile(stage: Stage) -> None:
    """Texts that would do harm in a terminal or a spreadsheet."""
    texts = ["esc\x1b[31mRED\x1b]0;pwned\x07", "c1\x9b31m\x85\u2028\u202eRTL\u2066"]
    texts += ["nul\0\x7f", "=1+1", "@SUM(A1)", "[bold red]markup[/]", "求和"]
    with stage.recorded(_FIRST), stage.service(_FIRST):
        stage.client(
            _FIRST,
            *({"send": text, "data": {"text": text}} for text in texts),
            {"send": "refuse", "data": "\x1b[31mboom\nsecond line\x1b[0m"},
        )


@case
def ipv6(stage: Stage) -> None:
    """Two clients that connect at one time, to two services on ``::1``."""
    host = {"HOST": "::1"}
    with (
        stage.recorded(_FIRST, _SECOND),
        stage.service(_FIRST, **host),
        stage.service(_SECOND, **host),
    ):
        clients = [
            stage.started_client(port, _SUM, _SUM, _SUM, **host)
            for port in (_FIRST, _SECOND)
        ]
        for client in clients:
            await_end(client, "client")


@case
def meta(stage: Stage) -> None:
    """A hook of Nest 12 that adds metadata to all that a client sends."""
    calls = [{"send": "sum", "data": [number]} for number in range(4)]
    with stage.recorded(_FIRST), stage.service(_FIRST):
        stage.client(_FIRST, *calls, {"emit": "log"}, TENANT="acme")


@case
def gzipped(stage: Stage) -> None:
    """A serializer of their own on both sides: gzip and base64 in a string."""
    with stage.recorded(_FIRST), stage.service(_FIRST, CODEC="gzip"):
        stage.client(_FIRST, _SUM, _SUM, _SUM, CODEC="gzip")


@case
def binary(stage: Stage) -> None:
    """A socketClass of their own on both sides, whose bodies are binary."""
    with stage.recorded(_FIRST), stage.service(_FIRST, CODEC="binary"):
        stage.client(_FIRST, _SUM, _SUM, _SUM, {"emit": "log"}, CODEC="binary")


@case
def haproxy_v1(stage: Stage) -> None:
    """``send-proxy`` before a service, from its side."""
    _proxied(stage, _SECOND)


@case
def haproxy_v1_both(stage: Stage) -> None:
    """The same, from both sides of HAProxy."""
    _proxied(stage, _FRONT, _SECOND)


def _proxied(stage: Stage, *ports: int) -> None:
    with (
        stage.recorded(*ports),
        stage.service(_SECOND),
        stage.haproxy(_FRONT, _SECOND, options="send-proxy"),
    ):
        stage.client(_FRONT, {**_SUM, "close": True}, {**_SUM, "close": True})


@case
def balanced_front(stage: Stage) -> None:
    """HAProxy before two services, of which one lacks the pattern: its front."""
    with (
        stage.recorded(_FRONT),
        stage.service(_FIRST),
        stage.service(_SECOND, BARE="1"),
        stage.haproxy(_FRONT, _FIRST, _SECOND),
    ):
        stage.client(_FRONT, *[{**_SUM, "close": True}] * 6)


@case
def rawjson(stage: Stage) -> None:
    """JSON without a length on a port of Nest, and nothing else."""
    with stage.recorded(_FIRST), stage.service(_FIRST), connected(_FIRST) as client:
        client.sendall(b'{"pattern":"sum","data":[1],"id":"1"}')


@case
def raw(stage: Stage) -> None:
    """Packets written by hand, each on a connection of its own."""
    with stage.recorded(_FIRST), stage.service(_FIRST):
        send(_FIRST, framed(_ONE), replies=1)
        send(_FIRST, framed(_ONE, {**_ONE, "id": "2"}, {**_ONE, "id": "3"}), replies=3)
        send(_FIRST, framed({"data": [1], "id": "1"}), replies=1)
        send(_FIRST, framed({**_ONE, "pattern": {"cmd": "sum"}}), replies=1)
        send(_FIRST, framed({"pattern": "log"}, _ONE), replies=1)
        send(_FIRST, framed('"sum"', _ONE), replies=1)
        send(_FIRST, framed("{'pattern': 'sum'}"))


@case
def pydict(stage: Stage) -> None:
    """A dict as Python writes it, its length right."""
    with stage.recorded(_FIRST), stage.service(_FIRST):
        send(_FIRST, framed(str(_ONE)))


@case
def together(stage: Stage) -> None:
    """Three requests in one packet, with a password each."""
    calls = [
        {"pattern": "login", "data": {"password": f"hunter{n}"}, "id": str(n)}
        for n in range(3)
    ]
    with stage.recorded(_FIRST), stage.service(_FIRST):
        send(_FIRST, framed(*calls), replies=3)


@case
def grammar(stage: Stage) -> None:
    """Replies after the last one, and requests to handlers of events."""

    def answer_twice(connection: socket.socket) -> None:
        while data := connection.recv(65_536):
            identity = data.rpartition(b'"id":"')[2].partition(b'"')[0].decode()
            reply = {"response": 1, "isDisposed": True, "id": identity}
            connection.sendall(framed(reply) + framed(reply))

    asked = [{"send": pattern, "data": 1} for pattern in ("first", "second")]
    noted = [
        {kind: pattern, "data": 1}
        for pattern in ("joined", "left")
        for kind in ("emit", "send")
    ]
    with (
        stage.recorded(_FIRST, _SECOND),
        stage.service(_FIRST),
        serving(_SECOND, answer_twice),
    ):
        stage.client(_SECOND, *asked)
        stage.client(_FIRST, *noted)


@case
def negative(stage: Stage) -> None:
    """Events with numbers below zero."""
    events = [{"emit": "log", "data": {"n": number}} for number in (-5, -7, -9)]
    with stage.recorded(_FIRST), stage.service(_FIRST):
        stage.client(_FIRST, *events)


@case
def tracker(stage: Stage) -> None:
    """A tracker whose number and ``#`` look like a length, beside a client of Nest."""

    def switch_on(connection: socket.socket) -> None:
        while connection.recv(65_536):
            connection.sendall(b"ON")

    position = b"864768010009#n,48.1372,11.5756,0.00,201126;"
    with (
        stage.recorded(_FIRST, _SECOND),
        stage.service(_FIRST),
        serving(_SECOND, switch_on),
    ):
        with connected(_SECOND) as client:
            exchange(client, [position] * 4)
        stage.client(_FIRST, _SUM)


@case
def middle_random(stage: Stage) -> None:
    """Random bytes on a connection that the capture joins in its middle."""

    def echo(connection: socket.socket) -> None:
        while data := connection.recv(65_536):
            connection.sendall(data)

    drawn = random.Random(12)  # noqa: S311 — not for secrets
    with serving(_SECOND, echo), connected(_SECOND) as client:
        exchange(client, [b"hello"])
        with stage.recorded(_SECOND):
            exchange(client, [drawn.randbytes(16) for _ in range(600)])


@case
def middle_redis(stage: Stage) -> None:
    """Commands to Redis on a connection that the capture joins in its middle."""
    text = '{"pattern":"sum","data":[%d],"id":"%d"}'
    commands = []
    for number in range(500):
        key, value = f"call:{number % 50}", text % (number, number)
        commands += [_command("SET", key, value), _command("GET", key)]
    with stage.redis(_SECOND), connected(_SECOND) as client:
        exchange(client, [_command("PING")])
        with stage.recorded(_SECOND):
            exchange(client, commands)


def _command(*words: str) -> bytes:
    """Return a command to Redis, as its clients write it."""
    parts = [f"${len(word)}\r\n{word}\r\n" for word in words]
    return f"*{len(words)}\r\n{''.join(parts)}".encode()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except RecordingError as error:
        sys.exit(f"record: {error}")
