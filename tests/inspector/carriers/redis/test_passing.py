"""Messages on their way: packets, and what else there is."""

from __future__ import annotations

from inspector.carriers.base import Idle, Span, Transfer
from protocol import Event, Request, Response
from tests.inspector.carriers.redis.conversations import (
    BROKER,
    CLIENT,
    EVENT,
    REPLY,
    REQUEST,
    read,
    strings,
)


class _Hiding:
    """Hides every digit of a payload."""

    hides_channels = True

    def body(self, text: bytes) -> bytes:
        head, colon, rest = text.partition(b'"id"')
        return head.translate(bytes.maketrans(b"123456789", b"0" * 9)) + colon + rest

    addressed = body

    def channel(self, name: bytes) -> bytes:
        return name

    def words(self, words: str) -> str:
        return words.replace("secret", "xxxxxx")


def test_what_is_published_names_where_its_replies_go() -> None:
    data = strings("PUBLISH", "sum", REQUEST)
    (unit,) = read((CLIENT, data))

    assert isinstance(unit, Transfer)
    assert isinstance(unit.packet, Request)
    assert (unit.channel, unit.reply_channel) == ("sum", "sum.reply")
    assert (unit.correlation, unit.subscription, unit.dual) == (None, None, True)
    assert unit.body_begin == data.index(REQUEST)
    assert (unit.begin, unit.end, unit.body) == (0, len(data), REQUEST)


def test_what_is_handed_on_names_its_subscription() -> None:
    turns = [
        (CLIENT, strings("subscribe", "log") + strings("psubscribe", "s*")),
        (BROKER, strings("message", "log", EVENT)),
        (BROKER, strings("pmessage", "s*", "sum", REQUEST)),
        (BROKER, strings("message", "sum.reply", REPLY)),
    ]
    log, by_pattern, reply = read(*turns)[-3:]

    assert isinstance(log, Transfer)
    assert isinstance(log.packet, Event)
    assert (log.subscription, log.facts, log.reply_channel) == ("log", None, None)
    assert isinstance(by_pattern, Transfer)
    assert by_pattern.facts == {"wildcard": "s*"}
    assert (by_pattern.subscription, by_pattern.channel) == ("s*", "sum")
    assert (by_pattern.reply_channel, by_pattern.tag) == ("sum.reply", None)
    assert isinstance(reply, Transfer)
    assert isinstance(reply.packet, Response)


def test_what_is_not_nests_is_idle() -> None:
    turns = [
        (CLIENT, strings("PUBLISH", "news", b"plain")),
        (CLIENT, strings("PUBLISH", "news")),
        (BROKER, strings("message", "news", b"plain", kind=">")),
    ]

    assert [type(each) for each in read(*turns)] == [Idle] * 3
    assert [each.verb for each in read(*turns) if isinstance(each, Idle)] == [
        "PUBLISH", "PUBLISH", "message",
    ]  # fmt: skip


def test_a_packet_is_hidden_and_its_original_kept() -> None:
    data = strings("PUBLISH", "sum", REQUEST)
    (unit,) = read((CLIENT, data), conceal=_Hiding())

    assert isinstance(unit, Transfer)
    assert unit.body == b'{"pattern":"sum","data":[0,0,0],"id":"1"}'
    assert unit.original == REQUEST
    assert isinstance(unit.packet, Request)
    assert bytes(unit.packet.data or b"") == b"[0,0,0]"
    (event,) = read((CLIENT, strings("PUBLISH", "log", b'{"pattern":"x"}')))
    assert isinstance(event, Transfer)
    assert event.original is None


def test_a_foreign_reply_is_hidden_as_a_value() -> None:
    body = b'{"sum":6,"id":"1"}'
    (unit,) = read((CLIENT, strings("PUBLISH", "a.reply", body)), conceal=_Hiding())

    assert isinstance(unit, Transfer)
    assert unit.body == b'{"sum":0,"id":"1"}'
    assert isinstance(unit.packet, Response)
    assert bytes(unit.packet.response or b"") == unit.body


def test_of_what_is_not_nests_the_first_word_alone_is_written() -> None:
    data = strings("SET", "user:1", "secret") + b"AUTH secret\r\n"
    unit, line = read((CLIENT, data), conceal=_Hiding())

    assert isinstance(unit, Idle)
    assert isinstance(line, Idle)
    assert unit.text + line.text == data
    assert [data[low:high] for low, high in unit.secret] == [b"user:1", b"secret"]
    assert line.secret == (Span(line.begin + 4, line.end - 1),)
