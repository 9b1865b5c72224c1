"""Conversations with real servers, held to the properties of every carrier."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.carriers.base import Errand, Idle, Transfer
from inspector.carriers.nats.carrier import carrier
from inspector.carriers.nats.reading import MAX_LINE
from inspector.carriers.testing import (
    Turn,
    check_carrier,
    check_cuts,
    check_noise,
)
from tests.inspector.carriers.nats.conversations import (
    INBOX,
    REPLY,
    REQUEST,
    captured,
    message,
    read,
    with_headers,
)
from tests.inspector.carriers.nats.server import Peer, nats_server

_SOME = [
    Turn(0, b'INFO {"max_payload":1000}\r\n'),
    Turn(1, b'CONNECT {"pass":"p"}\r\nPING\r\n'),
    Turn(0, b"PONG\r\n+OK\r\n"),
    Turn(1, f"sub {INBOX} 1\r\n".encode() + message(f"pub sum {INBOX}", REQUEST)),
    Turn(0, message(f"MSG {INBOX} 1", b"6") + message(f"MSG {INBOX} 1", b"\r\n6")),
    Turn(0, with_headers(f"HMSG {INBOX} 1", b"NATS/1.0 503\r\n\r\n", b"")),
    Turn(0, message(f"MSG {INBOX} 1", b"nope") + b"-ERR 'Slow Consumer'\r\n"),
    Turn(1, b"PUB a b c d 2\r\nUNSUB 1\r\nPUB a 9\r\nhi\r\nUNSUB 1 1\r\n"),
]


@pytest.mark.parametrize("who", captured())
def test_what_was_captured_has_all_properties(who: str) -> None:
    check_carrier(carrier, [captured()[who]])


def test_a_capture_is_read_as_real_nest_meant_it() -> None:
    caller, handlers = (read(*captured()[who]) for who in ("caller", "handlers"))

    for units in (caller, handlers):
        transfers = [unit for unit in units if isinstance(unit, Transfer)]
        errands = [unit.verb for unit in units if isinstance(unit, Errand)]
        asked = sum(unit.reply_channel is not None for unit in transfers)
        if units is caller:
            assert errands.count("SUB") == errands.count("UNSUB") == asked
            assert errands.count("503") == 1
        else:
            assert errands == []
            groups = {unit.destination for unit in transfers if unit.side == 0}
            assert groups == {"workers"}
        assert len(errands) + len(transfers) + sum(
            isinstance(unit, Idle) for unit in units
        ) == len(units)


def test_what_is_said_to_a_real_server_has_all_properties() -> None:
    with nats_server() as port, Peer(port) as handler, Peer(port) as caller:
        handler.ask(b"SUB sum workers 1\r\nSUB w.* 2\r\n")
        caller.say(f"SUB {INBOX} 1\r\n".encode() + message(f"PUB sum {INBOX}", REQUEST))
        handler.receive_until(REQUEST + b"\r\n")
        handler.say(message(f"PUB {INBOX}", REPLY))
        caller.receive_until(REPLY + b"\r\n")
        caller.say(b"UNSUB 1\r\n")
        block = b"NATS/1.0\r\ntrace: 1\r\n\r\n"
        caller.ask(with_headers("HPUB w.x", block, b'{"pattern":"w.x"}'))
        handler.receive_until(b'"}\r\n')
        caller.say(f"SUB {INBOX} 2\r\n".encode() + message(f"PUB no {INBOX}", REQUEST))
        caller.receive_until(b"503\r\n\r\n\r\n")
        caller.ask(b"UNSUB 2\r\n")
        turns = [caller.turns, handler.turns]

    check_carrier(carrier, turns)
    hops = [[u for u in read(*each) if isinstance(u, Transfer)] for each in turns]
    assert [[hop.channel for hop in each] for each in hops] == [
        ["sum", INBOX, "w.x", "no"],
        ["sum", INBOX, "w.x"],
    ]
    assert [hop.facts for hop in hops[1]] == [
        None,
        None,
        {"trace": "1", "wildcard": "w.*"},
    ]


@given(data=st.data())
def test_any_cuts_give_the_same_units(data: st.DataObject) -> None:
    size = sum(len(turn.data) for turn in _SOME)

    check_cuts(
        carrier, _SOME, cuts=data.draw(st.sets(st.integers(1, size), max_size=9))
    )


def test_each_cut_gives_the_same_units() -> None:
    check_cuts(carrier, _SOME)


@given(st.integers(0, 1 << 32))
def test_no_bytes_raise(seed: int) -> None:
    check_noise(carrier, [_SOME, *captured().values()], rounds=2, seed=seed)


def test_random_bytes_are_not_kept() -> None:
    random = Random(7)  # noqa: S311 — no secret depends on it
    talk = carrier.talk(None, whole=True)
    for _ in range(200):
        talk.receive(random.getrandbits(1), random.randbytes(1_000), 0)
        assert talk.buffered(0) + talk.buffered(1) < 2 * MAX_LINE
