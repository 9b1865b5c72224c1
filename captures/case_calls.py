"""Cases of what is called, and of what answers: patterns, results, errors, waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .processes import await_end
from .stage import (
    FIRST,
    SECOND,
    SUM,
    THIRD,
    Stage,
    Step,
    case,
    connected,
    framed,
    send,
    serving,
)

if TYPE_CHECKING:
    import socket


@case
def bigint(stage: Stage) -> None:
    """Results that JSON cannot hold, between calls that are answered."""
    with stage.recorded(FIRST), stage.service(FIRST):
        stage.client(
            FIRST,
            SUM,
            {"send": "big", "patience": 400},
            {"send": "circ", "patience": 400},
            SUM,
        )


@case
def misc(stage: Stage) -> None:
    """Probes, results that are always undefined, spellings, masked errors."""
    spelled = {"controller": "main", "use": "add"}
    turned = dict(reversed(spelled.items()))
    patterns = ["del", "del", "del", spelled, turned, 7, "7"]
    patterns += [{"cmd": "check"}, {"cmd": "chek"}, "check"]
    with stage.recorded(FIRST), stage.service(FIRST):
        for _ in range(3):
            connected(FIRST).close()
        stage.client(FIRST, *({"send": pattern, "data": 1} for pattern in patterns))


@case
def routes(stage: Stage) -> None:
    """Two patterns that differ in a letter, a call that waits, an id used twice."""
    find, wait = {"cmd": "users.find"}, {"cmd": "users.wait"}
    calls = [{"send": find, "data": {"n": number}} for number in range(6)]
    twice = {"pattern": wait, "data": 1, "id": "7"}
    with stage.recorded(FIRST), stage.service(FIRST):
        stage.client(
            FIRST,
            *calls,
            {"send": {"cmd": "users.fnd"}},
            {"send": wait, "patience": 400},
        )
        last = framed({"pattern": "sum", "data": [1], "id": "8"})
        send(FIRST, framed(twice), framed(twice), last, replies=1)


@case
def hostile(stage: Stage) -> None:
    """Texts that would do harm in a terminal or a spreadsheet."""
    texts = ["esc\x1b[31mRED\x1b]0;pwned\x07", "c1\x9b31m\x85\u2028\u202eRTL\u2066"]
    texts += ["nul\0\x7f", "=1+1", "@SUM(A1)", "[bold red]markup[/]", "求和"]
    with stage.recorded(FIRST), stage.service(FIRST):
        stage.client(
            FIRST,
            *({"send": text, "data": {"text": text}} for text in texts),
            {"send": "refuse", "data": "\x1b[31mboom\nsecond line\x1b[0m"},
        )


@case
def ipv6(stage: Stage) -> None:
    """Two clients that connect at one time, to two services on ``::1``."""
    with (
        stage.recorded(FIRST, SECOND),
        stage.service(FIRST, HOST="::1"),
        stage.service(SECOND, HOST="::1"),
    ):
        clients = [
            stage.started_client(port, SUM, SUM, SUM, HOST="::1")
            for port in (FIRST, SECOND)
        ]
        for client in clients:
            await_end(client, "client")


@case
def meta(stage: Stage) -> None:
    """A hook of Nest 12 that adds metadata to all that a client sends."""
    calls = [{"send": "sum", "data": [number]} for number in range(4)]
    with stage.recorded(FIRST), stage.service(FIRST):
        stage.client(FIRST, *calls, {"emit": "log"}, TENANT="acme")


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
        stage.recorded(FIRST, SECOND),
        stage.service(FIRST),
        serving(SECOND, answer_twice),
    ):
        stage.client(SECOND, *asked)
        stage.client(FIRST, *noted)


@case
def negative(stage: Stage) -> None:
    """Events with numbers below zero."""
    events = [{"emit": "log", "data": {"n": number}} for number in (-5, -7, -9)]
    with stage.recorded(FIRST), stage.service(FIRST):
        stage.client(FIRST, *events)


@case
def failing(stage: Stage) -> None:
    """A pattern that fails each time, among others that do not."""
    steps = [
        {"send": pattern, "data": data}
        for number in range(6)
        for pattern, data in (
            ("sum", [number, 1]),
            ("sum", [number, 2]),
            ("refuse", "no printer"),
        )
    ]
    with stage.recorded(FIRST), stage.service(FIRST):
        stage.client(FIRST, *steps)


@case
def slow(stage: Stage) -> None:
    """One call that takes 600 ms, among 29 quick ones."""
    steps = [{"send": "sleep", "data": took} for took in [0] * 17 + [600] + [0] * 12]
    with stage.recorded(FIRST), stage.service(FIRST):
        stage.client(FIRST, *steps)


@case
def pods(stage: Stage) -> None:
    """Three services that do the same, of which the second is slow."""
    steps = [{"send": "sleep", "data": 5}] * 22
    ports = FIRST, SECOND, THIRD
    with (
        stage.recorded(*ports),
        stage.service(FIRST),
        stage.service(SECOND, SLOWER="120"),
        stage.service(THIRD),
    ):
        clients = [stage.started_client(port, *steps) for port in ports]
        for client in clients:
            await_end(client, "client")


@case
def crash(stage: Stage) -> None:
    """A service that exits under two calls, and is not there for the next."""
    steps = (
        {"send": "sum", "data": [1]},
        {"send": {"cmd": "users.wait"}, "patience": 50},
    )
    with stage.recorded(FIRST), stage.service(FIRST, ends_with=3):
        stage.client(FIRST, *steps, {"send": "exit", "close": True}, SUM)


@case
def nested(stage: Stage) -> None:
    """Two services on one host, of which one asks the other while it works."""
    steps: list[Step] = [
        {"send": {"cmd": "ping"}},
        {"send": {"cmd": "register"}, "data": {"own": 40, "cmd": "create_user"}},
        {
            "send": {"cmd": "login"},
            "data": {"own": 130, "cmd": "get_user", "password": "x"},
        },
        {"send": {"cmd": "register"}, "data": {"own": 40, "cmd": "create_user"}},
        {"send": {"cmd": "ping"}},
    ]
    with (
        stage.recorded(FIRST, SECOND),
        stage.service(SECOND),
        stage.service(FIRST, NEXT=str(SECOND)),
    ):
        stage.client(FIRST, *steps)
