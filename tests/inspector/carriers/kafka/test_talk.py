from __future__ import annotations

from inspector.carriers.base import Errand, Idle, Remark, Skipped, Transfer, Trouble
from inspector.carriers.kafka.talk import KafkaTalk
from tests.inspector.carriers.kafka.written import (
    ASKS,
    BROKER,
    CLIENT,
    batch,
    fetch,
    fetched,
    framed,
    heartbeat,
    produce,
    produced,
    read,
    record,
    request,
    text,
    versions,
)


def test_both_sides_of_a_call_are_read() -> None:
    units = read(
        (CLIENT, versions(1)[0]),
        (BROKER, versions(1)[1]),
        (CLIENT, produce(2, "sum", batch(record("[1]", ASKS)))),
        (BROKER, produced(2, "sum", 7)),
    )
    kinds = [
        type(each).__bases__[0] if isinstance(each, Transfer) else type(each)
        for each in units
    ]
    assert kinds == [Idle, Idle, Transfer, Errand]
    _, _, sent, told = units
    assert isinstance(sent, Transfer)
    assert isinstance(told, Errand)
    assert told.about == (sent.tag,)
    assert told.exact == (("sum", 0, 7),)


def test_tokens_of_an_older_handshake_have_no_head() -> None:
    token = framed(b"\0me\0pw")
    units = read(
        (CLIENT, request(17, 0, 1, text("PLAIN"))),
        (BROKER, framed(b"\0\0\0\1\0\0\0\0\0\0")),
        (CLIENT, token),
        (BROKER, framed(b"")),
        (CLIENT, heartbeat(2)[0]),
        (BROKER, heartbeat(2)[1]),
    )
    verbs = [each.verb for each in units if isinstance(each, Idle)]
    assert verbs == [
        "SaslHandshake PLAIN",
        "SaslHandshake response",
        "SASL token",
        "SASL token",
        "Heartbeat workers",
        "Heartbeat response",
    ]
    (secret,) = units[2].secret
    assert (secret.begin, secret.end) == (units[2].begin + 4, units[2].end)


def test_a_poll_that_was_not_seen_is_answered_all_the_same() -> None:
    units = read((BROKER, fetched(9, "log", batch(record("a")), after=1)))
    (transfer,) = units
    assert isinstance(transfer, Transfer)
    assert transfer.exact == ("log", 0, 0)
    (other,) = read((BROKER, heartbeat(9)[1]))
    assert isinstance(other, Skipped)


def test_what_is_malformed_is_said_and_the_next_is_read() -> None:
    wrong = batch(record("a"))[:-1] + b"\x7f"
    units = read((CLIENT, produce(1, "log", wrong)), (CLIENT, produce(2, "log", b"")))
    trouble, idle = units

    assert isinstance(trouble, Trouble)
    assert (trouble.code, trouble.framed) == ("kafka-protocol", True)
    assert isinstance(idle, Idle)


def test_at_the_end_it_is_said_how_a_client_has_polled() -> None:
    talk = KafkaTalk(None)
    talk.receive(CLIENT, fetch(1, "log"), 10)
    talk.receive(BROKER, fetched(1, "log"), 20)
    assert talk.finish(BROKER, 30, "close") == []
    (remark,) = talk.finish(CLIENT, 30, "close")

    assert isinstance(remark, Remark)
    assert (remark.code, remark.size) == ("idle-poll", 1)
    assert talk.express(CLIENT) is None
