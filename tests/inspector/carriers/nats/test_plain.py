"""What is read in one go makes the units that the usual way makes."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.carriers.base import Errand, Transfer
from inspector.carriers.nats.plain import LINE, Plain
from inspector.carriers.nats.reading import MAX_PAYLOAD
from inspector.carriers.nats.subscriptions import Inboxes, Subscription, Subscriptions
from inspector.carriers.nats.talk import NatsTalk
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
_SUBJECTS = ["sum", INBOX, f"{INBOX}.*", f"mine.{NUID}", "$JS.API.x", "w.*", "ü"]
_BODIES = [REQUEST, REPLY, _EVENT, b"6", b"", b"{}", b'{"id":"1"}', b'{"data":1}']
_BODIES += [b'{"pattern":"a","id":1} ', b'{"id":"1","response":6,"other":1}', b"{\xff"]
_BODIES += [b"\xef\xbb\xbf" + REQUEST, b'{"err":"no","id":"1"}']


class _Usual(NatsTalk):
    """The same talk without the quick way."""

    def __init__(self) -> None:
        super().__init__(None)
        self._plain = None


def _read(talk: NatsTalk, turns: Iterable[tuple[int, bytes]]) -> list[object]:
    """Return what a talk makes of some turns, and what is known of it after each."""
    said: list[object] = []
    for side, data in turns:
        said += talk.receive(side, data, 0)
        said += [(talk.received(each), talk.begun(each)) for each in (0, 1)]
        said += [talk.client, talk.buffered(side)]
    return said


def _operations() -> st.SearchStrategy[tuple[int, bytes]]:
    subject, number = st.sampled_from(_SUBJECTS), st.sampled_from(["1", "2", "é"])
    blank = st.sampled_from([" "] * 6 + ["  ", "\t", " \x0b"])
    end = st.sampled_from(["\r\n"] * 6 + ["\n", " \r\n"])

    def line(*words: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
        return st.builds(
            lambda gap, last, *said: (gap.join(said) + last).encode(),
            blank,
            end,
            *words,
        )

    def payload(head: bytes, body: bytes, size: int, after: bytes) -> bytes:
        return b"%b %d\r\n%b%b" % (head.strip(), len(body) + size, body, after)

    def with_payload(*words: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
        return st.builds(
            payload,
            line(*words),
            st.sampled_from(_BODIES),
            st.sampled_from([0] * 8 + [1]),
            st.sampled_from([b"\r\n"] * 8 + [b"\n"]),
        )

    def verb(*verbs: str) -> st.SearchStrategy[str]:
        return st.sampled_from(verbs)

    client = st.one_of(
        line(verb("SUB", "sub", " SUB"), subject, number),
        line(verb("SUB"), subject, st.just("workers"), number),
        line(verb("UNSUB", "UNSUBS"), number),
        line(verb("UNSUB"), number, st.sampled_from(["1", "²", "x"])),
        with_payload(verb("PUB", "pub"), subject),
        with_payload(verb("PUB"), subject, subject),
        st.just(b"PING\r\n"),
    )
    server = st.one_of(
        with_payload(verb("MSG"), subject, number),
        with_payload(verb("MSG"), subject, number, subject),
        with_payload(verb("MSG"), subject),
        st.sampled_from([b"+OK\r\n", b'INFO {"max_payload":30}\r\n']),
    )
    return st.one_of(
        st.tuples(st.just(CLIENT), client), st.tuples(st.just(SERVER), server)
    )


@given(st.lists(_operations(), max_size=20), st.integers(0, 1 << 16))
def test_both_ways_make_the_same_units(
    operations: list[tuple[int, bytes]], seed: int
) -> None:
    random = Random(seed)  # noqa: S311 — nothing is kept secret with it
    turns = [(CLIENT, b"CONNECT {}\r\n")]
    for side, data in operations:
        cut = random.choice([0, 0, 0, random.randrange(len(data) + 1)])
        turns += [(side, part) for part in (data[:cut], data[cut:]) if part]

    assert _read(NatsTalk(None), turns) == _read(_Usual(), turns)


_FOREIGN = b'{"response":1,"isDisposed":true,"id":"1","other":1}'


@pytest.mark.parametrize(
    "turns",
    [
        [(CLIENT, f"SUB {INBOX}.* 1\r\nUNSUB 1\r\n".encode())],
        [(CLIENT, f"SUB {INBOX} q 1\r\nUNSUB 1\r\nUNSUB 1\r\n".encode())],
        [(SERVER, message(f"MSG {INBOX} 1", _FOREIGN))],
        [(SERVER, message(f"MSG {INBOX} 1", b'{"id":"1"}'))],
        [
            (CLIENT, message(f"PUB sum {INBOX}", REQUEST)),
            (SERVER, message(f"MSG {INBOX} 1", b'{"id":"1"}')),
            (SERVER, message(f"MSG {INBOX} 1", REQUEST)),
        ],
        [
            (CLIENT, message("PUB sum mine", REQUEST)),
            (SERVER, message("MSG mine 1", REQUEST)),
        ],
        [
            (SERVER, b'INFO {"max_payload":9}\r\n'),
            (CLIENT, message(f"PUB sum {INBOX}", REQUEST)),
        ],
        [(CLIENT, b"SUB w.* q 3\r\n"), (SERVER, message("MSG w.a 3", _EVENT))],
        [(CLIENT, b"RS+ $G sum\r\n"), (CLIENT, message("PUB sum", _EVENT))],
    ],
)
def test_what_is_nearly_plain_is_read_alike(turns: list[tuple[int, bytes]]) -> None:
    turns = [(CLIENT, b"CONNECT {}\r\n"), *turns]

    assert _read(NatsTalk(None), turns) == _read(_Usual(), turns)


@pytest.mark.parametrize("who", captured())
@pytest.mark.parametrize("size", [7, 100, 1 << 20])
def test_real_conversations_are_read_alike(who: str, size: int) -> None:
    turns = [
        (side, data[place : place + size])
        for side, data in captured()[who]
        for place in range(0, len(data), size)
    ]

    assert _read(NatsTalk(None), turns) == _read(_Usual(), turns)


def test_after_a_loss_both_ways_go_on_alike() -> None:
    turns = [(CLIENT, message(f"PUB sum {INBOX}", REQUEST)[:20])]
    talks = NatsTalk(None), _Usual()
    for talk in talks:
        talk.receive(CLIENT, b"CONNECT {}\r\n", 0)
    lost = [(_read(talk, turns), talk.lose(CLIENT)) for talk in talks]

    assert lost[0] == lost[1]
    after = [(CLIENT, b"UNSUB 1\r\n")]
    assert _read(talks[0], after) == _read(talks[1], after)


def _plain(data: bytes) -> tuple[int, list[Unit]]:
    subscriptions = Subscriptions()
    units: list[Unit] = []
    subscriptions.add("1", Subscription(INBOX))
    plain = Plain(subscriptions, Inboxes(), MAX_PAYLOAD)
    return plain.read(CLIENT, data, 100, units), units


@pytest.mark.parametrize(
    "data",
    [
        f"SUB {INBOX} 7\r\n".encode(),
        b"UNSUB 1\r\n",
        message("PUB sum", _EVENT),
        message(f"PUB sum {INBOX}", REQUEST),
        message(f"PUB {INBOX}", REPLY),
        message("MSG sum 3", _EVENT),
        message(f"MSG sum 3 {INBOX}", REQUEST),
        message(f"MSG {INBOX} 1", REPLY),
    ],
)
def test_what_most_operations_are_is_plain(data: bytes) -> None:
    read, units = _plain(data * 2 if b"UNSUB" not in data else data)

    assert read == len(data) * len(units)
    assert all(isinstance(unit, Transfer | Errand) for unit in units)
    assert [(unit.begin, unit.end) for unit in units] == [
        (100 + number * len(data), 100 + (number + 1) * len(data))
        for number in range(len(units))
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"PING\r\n",
        b"UNSUB 7\r\n",
        b"SUB sum 7\r\n",
        message("PUB $JS.API.x", REQUEST),
        message("PUB sum", b"6"),
        b"PUB %b 0\r\n\r\n" % (b"a" * LINE),
        b"PUB sum 1000000000\r\n{}\r\n",
    ],
)
def test_all_else_is_left_to_the_usual_way(data: bytes) -> None:
    assert _plain(data) == (0, [])


def test_it_stops_where_something_is_not_plain() -> None:
    data = message("PUB sum", _EVENT)
    read, units = _plain(data + b"PING\r\n" + data)

    assert (read, len(units)) == (len(data), 1)
