from __future__ import annotations

import pytest

from inspector.carriers.base import Errand, Idle, Skipped, Transfer, Trouble, Unit
from inspector.carriers.nats.carrier import carrier
from inspector.redaction.texts import AUTO, Redaction
from protocol import Event, Request
from tests.inspector.carriers.nats.conversations import (
    CLIENT,
    INBOX,
    NUID,
    REPLY,
    REQUEST,
    SERVER,
    message,
    read,
)


def _said(line: str, side: int = CLIENT) -> Unit:
    (unit,) = read((side, f"{line}\r\n".encode()))
    return unit


@pytest.mark.parametrize("subject", [INBOX, f"mine.{NUID}"])
def test_a_subscription_to_an_inbox_is_for_a_request(subject: str) -> None:
    opened, ended = read((CLIENT, f"SUB {subject} 7\r\nUNSUB 7\r\n".encode()))

    assert isinstance(opened, Errand)
    assert (opened.verb, opened.about, opened.opens) == ("SUB", (subject,), True)
    assert isinstance(ended, Errand)
    assert (ended.verb, ended.about, ended.opens) == ("UNSUB", (subject,), False)


@pytest.mark.parametrize(
    "subject", ["sum", f"{INBOX}.*", "w.>", f"mine.{NUID} workers", f"{INBOX} q"]
)
def test_another_subscription_is_idle(subject: str) -> None:
    units = read((CLIENT, f"SUB {subject} 7\r\nUNSUB 7\r\n".encode()))

    assert [type(unit) for unit in units] == [Idle, Idle]


def test_the_end_of_an_unknown_subscription_is_about_nothing() -> None:
    unit = _said("UNSUB 7")

    assert isinstance(unit, Errand)
    assert unit.about == ()


def test_a_subscription_that_ends_after_a_message_is_known_until_then() -> None:
    *_, first, second = read(
        (CLIENT, f"SUB {INBOX} 7\r\nSUB w.* q 8\r\nUNSUB 8 1\r\n".encode()),
        (SERVER, message("MSG w.x 8", REQUEST) * 2),
    )

    assert isinstance(first, Transfer)
    assert isinstance(second, Transfer)
    assert (first.destination, first.facts) == ("q", {"wildcard": "w.*"})
    assert (second.destination, second.facts) == (None, None)


def test_the_end_of_an_inbox_after_some_messages_says_how_many_are_awaited() -> None:
    *_, later = read((CLIENT, f"SUB {INBOX} 7\r\nUNSUB 7 2\r\n".encode()))
    *_, over = read(
        (CLIENT, f"SUB {INBOX} 7\r\n".encode()),
        (SERVER, message(f"MSG {INBOX} 7", REQUEST)),
        (CLIENT, b"UNSUB 7 1\r\n"),
    )

    assert isinstance(later, Errand)
    assert isinstance(over, Errand)
    assert (later.value, over.value) == (2, None)


def test_the_subscription_to_an_inbox_ends_at_once() -> None:
    *_, again = read((CLIENT, f"SUB {INBOX} 7\r\nUNSUB 7\r\nUNSUB 7\r\n".encode()))

    assert isinstance(again, Errand)
    assert again.about == ()


def test_after_another_one_ends_messages_may_be_on_their_way() -> None:
    *_, delivered = read(
        (CLIENT, b"SUB sum workers 3\r\nUNSUB 3\r\n"),
        (SERVER, message("MSG sum 3", REQUEST)),
    )

    assert isinstance(delivered, Transfer)
    assert delivered.destination == "workers"


def test_a_count_that_is_not_one_ends_nothing() -> None:
    *_, delivered = read(
        (CLIENT, b"SUB sum workers 3\r\nUNSUB 3 x\r\n"),
        (SERVER, message("MSG sum 3", REQUEST)),
    )

    assert isinstance(delivered, Transfer)
    assert delivered.destination == "workers"


def test_a_call_is_a_request_and_its_reply_on_either_connection() -> None:
    published, delivered = read(
        (CLIENT, message(f"PUB sum {INBOX}", REQUEST)),
        (SERVER, message(f"MSG {INBOX} 1", REPLY)),
    )
    assert isinstance(published, Transfer)
    assert isinstance(published.packet, Request)
    assert (published.channel, published.reply_channel) == ("sum", INBOX)
    assert published.correlation == INBOX
    assert isinstance(delivered, Transfer)
    assert (delivered.channel, delivered.correlation) == (INBOX, INBOX)
    assert (delivered.subscription, delivered.destination) == ("1", None)


def test_a_delivery_is_for_the_queue_group_of_its_subscription() -> None:
    _, delivered = read(
        (CLIENT, b"SUB sum workers 3\r\n"), (SERVER, message("MSG sum 3", REQUEST))
    )

    assert isinstance(delivered, Transfer)
    assert (delivered.subscription, delivered.destination) == ("3", "workers")


def test_an_event_has_no_reply() -> None:
    (unit,) = read((CLIENT, message("PUB log", b'{"pattern":"log"}')))

    assert isinstance(unit, Transfer)
    assert isinstance(unit.packet, Event)
    assert (unit.correlation, unit.reply_channel) == (None, None)


def test_who_publishes_is_the_client() -> None:
    for side, data in (
        (0, b"SUB a 1\r\n"),
        (0, b"UNSUB 1\r\n"),
        (0, b"CONNECT {}\r\n"),
        (0, b"PUB a 0\r\n\r\n"),
        (1, b"MSG a 1 0\r\n\r\n"),
    ):
        talk = carrier.talk(None, whole=True)
        talk.receive(side, data, 0)
        assert talk.client == 0
    assert carrier.talk(None, whole=True).client is None


@pytest.mark.parametrize(
    ("line", "code", "detail", "about"),
    [
        ("-ERR 'Slow Consumer'", "slow-consumer", "Slow Consumer", ()),
        ("-ERR 'Stale Connection'", "broker-error", "Stale Connection", ()),
        ("-err no", "broker-error", "no", ()),
        (
            "-ERR 'Permissions Violation for Publish to \"pay\"'",
            "broker-error",
            'Permissions Violation for Publish to "pay"',
            ("pay",),
        ),
    ],
)
def test_what_the_server_objects_to_is_trouble(
    line: str, code: str, detail: str, about: tuple[str, ...]
) -> None:
    unit = _said(line, SERVER)

    assert isinstance(unit, Trouble)
    assert (unit.code, unit.detail, unit.about) == (code, detail, about)
    assert not unit.framed


def test_a_malformed_line_is_trouble_and_the_next_is_read() -> None:
    units = read((CLIENT, b"PUB a b c 2\r\nhi\r\nSUB a 1\r\n"))

    assert [type(unit) for unit in units] == [Trouble, Idle]
    trouble = units[0]
    assert isinstance(trouble, Trouble)
    assert (trouble.code, trouble.framed) == ("nats-protocol", False)


def test_quotations_of_the_bytes_are_hidden() -> None:
    talk = carrier.talk(Redaction([AUTO]), whole=True)
    units = [
        *talk.receive(CLIENT, b"secret", 0),
        *talk.receive(SERVER, b"-ERR 'no \"pay\"'\r\n", 0),
    ]

    assert [unit.detail for unit in units if isinstance(unit, Trouble)] == [
        "it begins with '…'",
        "no '…'",
    ]


def test_a_payload_that_is_larger_than_the_server_takes_is_not_waited_for() -> None:
    units = read((SERVER, b'INFO {"max_payload":10}\r\n'), (CLIENT, b"PUB a 11\r\n"))

    assert [type(unit) for unit in units] == [Idle, Trouble]


def test_the_secrets_of_a_handshake_are_named() -> None:
    line = b'CONNECT {"user":"u","pass":"p"}\r\n'
    _, unit = read((CLIENT, b"PING\r\n" + line))

    assert isinstance(unit, Idle)
    assert unit.text == line
    assert [line[begin - 6 : end - 6] for begin, end in unit.secret] == [b"p"]


def test_a_handshake_whose_secrets_cannot_be_found_has_no_text() -> None:
    unit = _said('CONNECT {"pass":"p"')

    assert isinstance(unit, Idle)
    assert (unit.text, unit.secret) == (b"", ())


@pytest.mark.parametrize(
    "beginning",
    [
        'INFO {"lnoc":true}',
        'CONNECT {"cluster":"C","lnoc":true}',
        "RS+ $G sum",
        "LS+ sum",
        "HMSG $G bar + inbox q 12 12\r\nNATS/1.0\r\n\r\n",
    ],
)
def test_what_servers_say_to_each_other_is_left_out(beginning: str) -> None:
    data = f"{beginning}\r\n".encode() + message("RMSG $G sum", REQUEST)
    units = read((0, data), (1, message("HMSG $G sum 1 0", REQUEST)))

    assert [type(unit) for unit in units] == [Idle, Idle, Idle]


def test_after_an_upgrade_to_tls_all_is_passed_over() -> None:
    units = read(
        (SERVER, b'INFO {"tls_required":true}\r\n'),
        (CLIENT, b"\x16\x03\x01\x02\x00\x01"),
        (SERVER, b"\x16\x03\x03\x00\x7a"),
        (CLIENT, b"\nPUB a 0\r\n\r\n"),
        (SERVER, b"MSG a 1 0\r\n\r\n"),
    )

    assert [
        (unit.verb if isinstance(unit, Idle) else type(unit), unit.side)
        for unit in units
    ] == [
        ("INFO", SERVER),
        ("TLS", CLIENT),
        (Skipped, CLIENT),
        ("TLS", SERVER),
        (Skipped, SERVER),
        (Skipped, CLIENT),
        (Skipped, SERVER),
    ]


def test_the_beginning_of_tls_alone_passes_nothing_over() -> None:
    (unit,) = read((CLIENT, b"\x16\x03\x01"))

    assert isinstance(unit, Idle)


def test_what_is_not_complete_is_kept_and_may_be_lost() -> None:
    talk = carrier.talk(None, whole=True)
    assert talk.receive(CLIENT, b"PING\r\nPUB a 5\r\nhe", 0) != []
    assert (talk.received(0), talk.received(1)) == (0, 17)
    assert (talk.buffered(1), talk.begun(1)) == (11, 11)

    assert talk.lose(CLIENT) == [Skipped(side=1, begin=6, end=17)]
    assert (talk.buffered(1), talk.begun(1)) == (0, 0)
    assert talk.lose(CLIENT) == talk.finish(CLIENT, 0, "close") == []
    assert talk.express(CLIENT) is None
    assert talk.plain == 0
