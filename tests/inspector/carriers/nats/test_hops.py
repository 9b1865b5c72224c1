"""A packet that is read as one plain hop is what the talk would have made of it."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inspector.carriers.base import Errand, Transfer
from inspector.carriers.hopping import (
    ANSWERED,
    ASKED,
    ASKED_OF,
    EMITTED,
    LEFT,
    SPREAD,
    TOLD,
    PlainHop,
)
from inspector.carriers.nats.talk import NatsTalk
from inspector.redaction.texts import AUTO, Redaction
from protocol import Event, PacketError, Request, Response, parse_body
from tests.inspector.carriers.nats.conversations import (
    CLIENT,
    INBOX,
    NUID,
    REPLY,
    REQUEST,
    SERVER,
    captured,
    message,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.carriers.base import Unit

_EVENT = b'{"pattern":"log","data":{"at":1}}'
_KINDS = {
    ASKED: Request,
    ASKED_OF: Request,
    EMITTED: Event,
    SPREAD: Event,
    ANSWERED: Response,
    TOLD: Response,
}
_GREETING = CLIENT, b"CONNECT {}\r\n"


def _suits(hop: PlainHop) -> bool:
    """Whether whoever counts it would find a plain packet in it."""
    if hop.what == LEFT:
        return True
    try:
        packet = parse_body(hop.body)
    except PacketError:
        return False
    if isinstance(packet, Response) and (packet.extra or not packet.is_disposed):
        return False
    return isinstance(packet, _KINDS[hop.what])


def _check(hop: PlainHop, units: list[Unit]) -> None:
    """Check that a hop says what units do."""
    *errands, last = units
    assert [each.verb for each in errands if isinstance(each, Errand)] == (
        [hop.verb] if hop.what == ASKED and hop.verb else []
    )
    if hop.what == LEFT:
        assert isinstance(last, Errand)
        assert (last.verb, last.about) == (hop.verb, (hop.channel,))
        return
    assert isinstance(last, Transfer)
    assert (last.channel, last.reply_channel) == (hop.channel, hop.reply_channel)
    assert (last.body, last.end - last.begin) == (hop.body, hop.size)
    assert (last.destination, last.since_ns) == (hop.destination, hop.since_ns)
    assert last.facts is None
    delivered = hop.subscription if hop.what > LEFT else None
    assert last.subscription == delivered
    joins = hop.channel if isinstance(last.packet, Response) else hop.reply_channel
    assert last.correlation == joins


def _compare(turns: Iterable[tuple[int, bytes]]) -> list[int]:
    """Read turns by hops where that can be, and as ever; return what hops there were.

    Whatever follows has to be read alike by both.
    """
    usual, other, hops = NatsTalk(None), NatsTalk(None), []
    for time_ns, (side, data) in enumerate(turns):
        units = usual.receive(side, data, time_ns)
        reader = other.hops(side)
        hop = None if reader is None else reader.read(data)
        if reader is None or hop is None or not _suits(hop):
            assert other.receive(side, data, time_ns) == units
        else:
            reader.pass_by(hop, len(data), time_ns)
            _check(hop, units)
            hops.append(hop.what)
        assert [other.received(each) for each in (0, 1)] == [
            usual.received(each) for each in (0, 1)
        ]
    return hops


_CALL = [
    (CLIENT, b"SUB sum workers 1\r\n"),
    (CLIENT, f"SUB {INBOX} 7\r\n".encode() + message(f"PUB sum {INBOX}", REQUEST)),
    (SERVER, message(f"MSG sum 1 {INBOX}", REQUEST)),
    (CLIENT, message(f"PUB {INBOX}", REPLY)),
    (SERVER, message(f"MSG {INBOX} 7", REPLY)),
    (CLIENT, b"UNSUB 7\r\n"),
]


def test_a_call_and_an_event_are_read_hop_by_hop() -> None:
    event = [
        (CLIENT, message("PUB log", _EVENT)),
        (SERVER, message("MSG log 2", _EVENT)),
    ]
    hops = [ASKED, ASKED_OF, ANSWERED, TOLD, LEFT, EMITTED, SPREAD]

    assert _compare([_GREETING, *_CALL, *event]) == hops


@pytest.mark.parametrize("who", captured())
def test_real_conversations_are_read_alike(who: str) -> None:
    turns = captured()[who]
    pieces = [
        (side, part)
        for side, data in turns
        for part in (data[: len(data) // 2], data[len(data) // 2 :])
    ]

    assert _compare(turns) is not None
    assert _compare(pieces) is not None


@given(st.lists(st.integers(0, 1 << 20), max_size=25))
@example([153672, 66150])  # a subject that is a wildcard
def test_whatever_is_said_is_read_alike(choices: list[int]) -> None:
    _compare([_GREETING, *(_turn(Random(each)) for each in choices)])  # noqa: S311


def _turn(rng: Random) -> tuple[int, bytes]:
    subject = rng.choice(["sum", INBOX, f"{INBOX}.*", f"mine.{NUID}", "$JS.x", "w.*"])
    number = rng.choice(["1", "2"])
    body = rng.choice([REQUEST, REPLY, _EVENT, b"6", b"", b'{"id":"1"}', b"{\xff}"])
    reply = rng.choice(["", "", f" {INBOX}", f" mine.{NUID}"])
    opened = rng.choice(["", f"SUB {INBOX} {number}\r\n", "SUB a 3\r\n"])
    published = opened.encode() + message(f"PUB {subject}{reply}", body)
    delivered = message(f"MSG {subject} {number}{reply}", body)
    data = rng.choice(
        [
            published,
            published,
            delivered,
            delivered,
            f"SUB {subject} {number}\r\n".encode(),
            f"SUB {subject} workers {number}\r\n".encode(),
            f"UNSUB {number}\r\n".encode(),
            f"UNSUB {number} 1\r\n".encode(),
            b"PING\r\n",
            b'INFO {"max_payload":30}\r\n',
        ]
    )
    data = rng.choice([data] * 6 + [data * 2, data[:-1], data.lower(), data + b"x"])
    return rng.choice([CLIENT, SERVER]), data


@pytest.mark.parametrize(
    "data",
    [
        message("MSG w.a 3", _EVENT),  # by a wildcard
        message(f"MSG {INBOX} 7 {INBOX}", REPLY),
        message("PUB $JS.x", _EVENT),
        message("PUB sum", _EVENT)[:-1],
        message("PUB sum", _EVENT) * 2,
        b"PUB sum 1\r\n" + _EVENT + b"\r\n",
        b"PUB sum 99\r\n" + _EVENT + b"\r\n",
        f"SUB {INBOX}A 7\r\n".encode() + message(f"PUB sum {INBOX}", REQUEST),
        f"SUB {INBOX} 7\r\n".encode() + message(f"PUB {INBOX}", REPLY),
        b"UNSUB 1\r\n",  # of a group
        b"UNSUB 9\r\n",
        b"UNSUB 7 1\r\n",
        b"UNSUB 7\n",
        b"PING\r\n",
        b"",
    ],
)
def test_what_is_nearly_a_hop_is_left_to_the_talk(data: bytes) -> None:
    talk = NatsTalk(None)
    for said in (
        b"CONNECT {}\r\n",
        b"SUB w.* q 3\r\n",
        *(turn[1] for turn in _CALL[:2]),
    ):
        talk.receive(CLIENT, said, 0)
    reader = talk.hops(CLIENT)

    assert reader is not None
    assert reader.read(data) is None


def test_a_payload_that_is_larger_than_the_server_takes_is_no_hop() -> None:
    talk = NatsTalk(None)
    talk.receive(SERVER, b'INFO {"max_payload":9}\r\n', 0)
    talk.receive(*_GREETING, 0)
    reader = talk.hops(CLIENT)

    assert reader is not None
    assert reader.read(message("PUB log", _EVENT)) is None


def test_nothing_is_read_so_before_anybody_is_known_or_in_the_middle_of_a_unit() -> (
    None
):
    talk = NatsTalk(None)
    assert talk.hops(CLIENT) is None
    talk.receive(*_GREETING, 0)
    assert talk.hops(CLIENT) is not None
    talk.receive(CLIENT, b"PUB sum 4\r\n6", 0)
    assert talk.hops(CLIENT) is None


def test_nothing_is_read_so_of_what_servers_say_or_where_anything_is_hidden() -> None:
    talk = NatsTalk(None)
    talk.receive(*_GREETING, 0)
    reader = talk.hops(SERVER)
    talk.receive(CLIENT, b"RS+ $G sum\r\n", 0)
    hidden = NatsTalk(Redaction([AUTO]))
    hidden.receive(*_GREETING, 0)

    assert reader is not None
    assert reader.read(message("MSG log 2", _EVENT)) is None
    assert talk.hops(SERVER) is None
    assert hidden.hops(CLIENT) is None
