from __future__ import annotations

import pytest

from inspector.carriers.base import Errand, Idle, Transfer, Trouble
from inspector.carriers.nats.carrier import carrier
from inspector.carriers.nats.concealing import hidden_subject, hide_subjects
from inspector.carriers.nats.reading import Operation, Reader
from inspector.redaction.texts import Redaction
from protocol import Event, Request
from tests.inspector.over_nats import publish

_INBOX = "_INBOX.3QB9lIOY8FFETLhYWNGUnj"


def _operation(line: bytes) -> Operation:
    (read,) = Reader().receive(line)
    assert isinstance(read, Operation)
    return read


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (b"SUB users.alice 1\r\n", b"SUB users.xxxx1 1\r\n"),
        (b"SUB users.alice users.carol 1\r\n", b"SUB users.xxxx1 users.xxxx2 1\r\n"),
        (b"SUB users.alice users 1\r\n", b"SUB users.xxxx1 users 1\r\n"),
        (b"SUB users.* 1\r\n", b"SUB users.* 1\r\n"),
        (b"sub\tusers.alice  1 \r\n", b"sub\tusers.xxxx1  1 \r\n"),
        (b"UNSUB 1\r\n", b"UNSUB 1\r\n"),
        (b"PUB users.alice 2\r\n{}\r\n", b"PUB users.xxxx1 2\r\n{}\r\n"),
        (b"PUB log users.alice 2\r\n{}\r\n", b"PUB log users.xxxx1 2\r\n{}\r\n"),
        (b"HPUB users.alice 0 2\r\n{}\r\n", b"HPUB users.xxxx1 0 2\r\n{}\r\n"),
        (b"MSG log 1 users.alice 2\r\n{}\r\n", b"MSG log 1 users.xxxx1 2\r\n{}\r\n"),
        (b"HMSG users.alice 1 0 2\r\n{}\r\n", b"HMSG users.xxxx1 1 0 2\r\n{}\r\n"),
        (
            f"PUB users.al ice  bo {_INBOX} 2\r\n{{}}\r\n".encode(),
            f"PUB users.x1 xx1  x2 {_INBOX} 2\r\n{{}}\r\n".encode(),
        ),
    ],
)
def test_subjects_of_a_line_are_hidden_at_their_places(
    line: bytes, shown: bytes
) -> None:
    conceal = Redaction((), ["users.*", "users.*.>"])
    operation = _operation(line)
    hide_subjects(operation, conceal)

    assert operation.text == shown
    assert operation.original == (b"" if shown == line else line)


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("users.alice", "users.xxxx1"),
        ("users.3QB9lIOY8FFETLhYWNGUnj", "users.3QB9lIOY8FFETLhYWNGUnj"),
        ("users.alice.3QB9lIOY8FFETLhYWNGUnj", "users.xxxx1.3QB9lIOY8FFETLhYWNGUnj"),
        (_INBOX, _INBOX),
    ],
)
def test_what_is_random_in_an_inbox_stays(subject: str, shown: str) -> None:
    conceal = Redaction((), ["users.*", "users.>"])

    assert hidden_subject(subject, conceal) == shown


def test_a_unit_shows_the_hidden_subject_wherever_it_has_one() -> None:
    talk = carrier.talk(Redaction((), ["users.*"]), whole=True)
    said = [
        (0, b"SUB users.alice 7\r\n"),
        (0, publish("users.alice", b'{"pattern":"users.alice","id":"1"}', "users.bo")),
        (0, publish("users.alice", b'{"pattern":"users.alice"}')),
        (0, b"SUB users.bo 8\r\n"),
        (1, b"-ERR 'Permissions Violation for Publish to \"users.alice\"'\r\n"),
    ]
    units = [unit for side, data in said for unit in talk.receive(side, data, 1)]
    interest, request, event, errand, trouble = units

    assert isinstance(interest, Idle)
    assert interest.text == b"SUB users.xxxx1 7\r\n"
    assert interest.original == said[0][1]
    assert isinstance(request, Transfer)
    assert isinstance(request.packet, Request)
    assert (request.channel, request.reply_channel) == ("users.xxxx1", "users.x1")
    assert (request.packet.pattern, request.correlation) == ("users.xxxx1", "users.x1")
    assert request.head == b"PUB users.xxxx1 users.x1 34\r\n"
    assert isinstance(event, Transfer)
    assert isinstance(event.packet, Event)
    assert event.body == b'{"pattern":"users.xxxx1"}'
    assert isinstance(errand, Errand)
    assert (errand.about, errand.text) == (("users.x1",), b"SUB users.x1 8\r\n")
    assert isinstance(trouble, Trouble)
    assert (trouble.about, "alice" in trouble.detail) == (("users.xxxx1",), False)


def test_what_has_nothing_to_hide_is_as_it_travelled() -> None:
    talk = carrier.talk(Redaction((), ["users.*"]), whole=True)
    (unit,) = talk.receive(0, publish("log", b'{"pattern":"log"}'), 1)

    assert isinstance(unit, Transfer)
    assert (unit.head, unit.original) == (b"", None)
