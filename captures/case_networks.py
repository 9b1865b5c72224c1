"""Cases of what is in between, and of how it was captured: proxies, filters, clocks."""

from __future__ import annotations

import bz2
import random
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

from .stage import (
    FIRST,
    FRONT,
    SECOND,
    SUM,
    Stage,
    case,
    connected,
    exchange,
    serving,
)

if TYPE_CHECKING:
    import socket


_FAST = 512  # bytes, enough for packets that come faster than others


@case
def haproxy_v1(stage: Stage) -> None:
    """``send-proxy`` before a service, from its side."""
    _proxied(stage, SECOND)


@case
def haproxy_v2(stage: Stage) -> None:
    """``send-proxy-v2`` before a service, from its side."""
    _proxied(stage, SECOND, options="send-proxy-v2")


@case
def haproxy_v1_both(stage: Stage) -> None:
    """The same, from both sides of HAProxy."""
    _proxied(stage, FRONT, SECOND)


def _proxied(stage: Stage, *ports: int, options: str = "send-proxy") -> None:
    with (
        stage.recorded(*ports),
        stage.service(SECOND),
        stage.haproxy(FRONT, SECOND, options=options),
    ):
        stage.client(FRONT, {**SUM, "close": True}, {**SUM, "close": True})


@case
def balanced(stage: Stage) -> None:
    """HAProxy before two services, of which one lacks the pattern."""
    _balanced(stage, FIRST, SECOND, FRONT)


@case
def balanced_front(stage: Stage) -> None:
    """The same, from its front."""
    _balanced(stage, FRONT)


def _balanced(stage: Stage, *ports: int) -> None:
    with (
        stage.recorded(*ports),
        stage.service(FIRST),
        stage.service(SECOND, BARE="1"),
        stage.haproxy(FRONT, FIRST, SECOND),
    ):
        stage.client(FRONT, *[{**SUM, "close": True}] * 6)


@case
def tracker(stage: Stage) -> None:
    """A tracker whose number and ``#`` look like a length, beside a client of Nest."""

    def switch_on(connection: socket.socket) -> None:
        while connection.recv(65_536):
            connection.sendall(b"ON")

    position = b"864768010009#n,48.1372,11.5756,0.00,201126;"
    with (
        stage.recorded(FIRST, SECOND),
        stage.service(FIRST),
        serving(SECOND, switch_on),
    ):
        with connected(SECOND) as client:
            exchange(client, [position] * 4)
        stage.client(FIRST, SUM)


@case
def middle_random(stage: Stage) -> None:
    """Random bytes on a connection that the capture joins in its middle."""

    def echo(connection: socket.socket) -> None:
        while data := connection.recv(65_536):
            connection.sendall(data)

    drawn = random.Random(12)  # noqa: S311 — not for secrets
    with serving(SECOND, echo), connected(SECOND) as client:
        exchange(client, [b"hello"])
        with stage.recorded(SECOND, snap_length=_FAST):
            exchange(client, [drawn.randbytes(16) for _ in range(600)])


@case
def middle_redis(stage: Stage) -> None:
    """Commands to Redis on a connection that the capture joins in its middle."""
    text = '{"pattern":"sum","data":[%d],"id":"%d"}'
    commands = []
    for number in range(500):
        key, value = f"call:{number % 50}", text % (number, number)
        commands += [_command("SET", key, value), _command("GET", key)]
    with stage.redis(SECOND), connected(SECOND) as client:
        exchange(client, [_command("PING")])
        with stage.recorded(SECOND, snap_length=_FAST):
            exchange(client, commands)


def _command(*words: str) -> bytes:
    """Return a command to Redis, as its clients write it."""
    parts = [f"${len(word)}\r\n{word}\r\n" for word in words]
    return f"*{len(words)}\r\n{''.join(parts)}".encode()


_MIXED = [
    step
    for number in range(4)
    for step in (
        {"send": "sum", "data": [number, 2, 3]},
        {"emit": "log", "data": {"i": number}, "pause": 60},
    )
]


@case
def dst(stage: Stage) -> None:
    """A capture of what goes to the service."""
    _one_direction(stage, "dst")


@case
def src(stage: Stage) -> None:
    """A capture of what comes from the service."""
    _one_direction(stage, "src")


def _one_direction(stage: Stage, direction: str) -> None:
    packets = f"tcp {direction} port {FIRST}"
    with stage.recorded(packets=packets), stage.service(FIRST):
        stage.client(FIRST, *_MIXED)


@case
def snap128(stage: Stage) -> None:
    """``tcpdump -s 128``: requests and replies are cut, events are short enough."""
    _cut(stage, 128)


@case
def snap60(stage: Stage) -> None:
    """``tcpdump -s 60``: nothing is left of any payload."""
    _cut(stage, 60)


def _cut(stage: Stage, length: int) -> None:
    long = {"send": "sum", "data": [1] * 60}
    with stage.recorded(FIRST, snap_length=length), stage.service(FIRST):
        stage.client(FIRST, *[long, _MIXED[1]] * 3)


@case
def refused(stage: Stage) -> None:
    """A client with two services, of which one does not listen."""
    with stage.recorded(FIRST, SECOND), stage.service(FIRST):
        stage.client(FIRST, *_MIXED[:4])
        stage.client(SECOND, *[{**SUM, "close": True}] * 3)


@case
def joined(stage: Stage) -> None:
    """Two captures joined as ``cat`` does, and compressed with bzip2."""
    parts = [stage.folder / "first.pcap", stage.folder / "second.pcap"]
    for part, play in zip(parts, (refused, haproxy_v2), strict=True):
        play(replace(stage, pcap=part))
    whole = b"".join(part.read_bytes() for part in parts)
    stage.pcap.with_suffix(".pcap.bz2").write_bytes(bz2.compress(whole))


@case
def skew5ms(stage: Stage) -> None:
    """Two points, of which the one of the server is 5 ms slow, merged by time."""
    whole = stage.folder / "whole.pcap"
    with replace(stage, pcap=whole).recorded(FIRST), stage.service(FIRST):
        stage.client(FIRST, *_MIXED, *_MIXED[:4])
    sides = [stage.folder / f"{side}.pcap" for side in ("client", "server", "slow")]
    for side, ports in zip(sides, ("dstport", "srcport"), strict=False):
        chosen = f"tcp.{ports} == {FIRST}"
        _run("tshark", "-r", whole, "-Y", chosen, "-F", "pcap", "-w", side)
    _run("editcap", "-F", "pcap", "-t", "-0.005", *sides[1:])
    _run("mergecap", "-F", "pcap", "-w", stage.pcap, sides[0], sides[2])


def _run(*command: object) -> None:
    subprocess.run(
        [str(word) for word in command], check=True, stderr=subprocess.DEVNULL
    )
