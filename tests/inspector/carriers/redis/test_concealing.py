"""Channels are hidden before anything is read of them, and nothing else is."""

from __future__ import annotations

import pytest

from inspector.carriers.base import Errand, Idle, Transfer, Trouble
from inspector.carriers.redis.concealing import hide_channels
from inspector.carriers.redis.reading import Reader, Value
from inspector.redaction.texts import Redaction
from tests.inspector.carriers.redis.conversations import (
    BROKER,
    CLIENT,
    confirmed,
    read,
    strings,
)

_ASKED = b'{"pattern":"users.alice","data":"users.alice","id":"1"}'
_HIDDEN = _ASKED.replace(b"alice", b"xxxx1", 1)
_REPLY = b'{"response":6,"isDisposed":true,"id":"1"}'


def _conceal() -> Redaction:
    return Redaction((), ["users.*"])


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (strings("PUBLISH", "users.alice", "x"), b"users.xxxx1"),
        (strings("publish", "users.alice.reply", "x"), b"users.xxxx1.reply"),
        (strings("SUBSCRIBE", "users.alice", "a"), b"users.xxxx1"),
        (strings("UNSUBSCRIBE", "a", "users.alice"), b"users.xxxx1"),
        (strings("PSUBSCRIBE", "users.alic*"), b"users.xxxx1"),
        (strings("PUNSUBSCRIBE", "users.alic?"), b"users.xxxx1"),
        (strings("message", "users.alice", "users.bo"), b"users.xxxx1"),
        (strings("message", "users.alice", "users.bo", kind=">"), b"users.xxxx1"),
        (confirmed("subscribe", "users.alice", 1), b"users.xxxx1"),
        (confirmed("punsubscribe", "users.alice", 0, ">"), b"users.xxxx1"),
    ],
)
def test_channels_are_hidden_where_a_value_has_them(said: bytes, shown: bytes) -> None:
    (value,) = Reader().receive(said)
    assert isinstance(value, Value)
    hidden = hide_channels(value, _conceal())

    assert len(hidden.text) == len(said)
    assert shown in hidden.text
    assert b"users.alic" not in hidden.text
    assert hidden.sent == said
    assert hidden.text.replace(b"xxxx1", said.partition(b"users.")[2][:5]) == said


@pytest.mark.parametrize(
    "said",
    [
        strings("PUBLISH", "log", "users.alice"),
        strings("SUBSCRIBE", "users.*", "log"),
        strings("GET", "users.alice"),
        strings("message", "log", "users.alice"),
        b":1\r\n",
    ],
)
def test_what_has_nothing_to_hide_is_what_it_was(said: bytes) -> None:
    (value,) = Reader().receive(said)
    assert isinstance(value, Value)

    assert hide_channels(value, _conceal()) is value


def test_both_channels_of_what_comes_by_a_pattern_are_hidden() -> None:
    said = strings("pmessage", "users.a*", "users.alice", "users.bo")
    (value,) = Reader().receive(said)
    assert isinstance(value, Value)

    shown = strings("pmessage", "users.x1", "users.xxxx1", "users.bo")
    assert hide_channels(value, _conceal()).text == shown


@pytest.mark.parametrize("kind", ["*", ">"])
def test_units_are_made_of_what_is_shown(kind: str) -> None:
    replies = "users.alice.reply"
    asks = strings("PUBLISH", "users.alice", _ASKED)
    listened, granted, sent, got, reply = read(
        (CLIENT, strings("subscribe", replies)),
        (BROKER, confirmed("subscribe", replies, 1, kind)),
        (CLIENT, asks),
        (BROKER, strings("message", "users.alice", _ASKED, kind=kind)),
        (BROKER, strings("message", replies, _REPLY, kind=kind)),
        conceal=_conceal(),
    )

    for unit in (listened, granted):
        assert isinstance(unit, Errand)
        assert unit.channels == ("users.xxxx1.reply",)
        assert b"alice" not in unit.text
        assert unit.original == unit.text.replace(b"xxxx1", b"alice")
    for unit in (sent, got):
        assert isinstance(unit, Transfer)
        assert unit.channel == "users.xxxx1"
        assert unit.reply_channel == "users.xxxx1.reply"
        assert (unit.body, unit.original) == (_HIDDEN, _ASKED)
    assert isinstance(sent, Transfer)
    assert sent.head + sent.body + b"\r\n" == strings("PUBLISH", "users.xxxx1", _HIDDEN)
    assert isinstance(reply, Transfer)
    assert (reply.channel, reply.original) == ("users.xxxx1.reply", None)


def test_a_subscription_for_all_and_one_that_is_a_line_are_hidden() -> None:
    subscribes = strings("PSUBSCRIBE", "users.alice.*")
    listened, line = read(
        (CLIENT, subscribes),
        (CLIENT, b"SUBSCRIBE users.alice\r\n"),
        conceal=Redaction((), ["users.>"]),
    )

    assert isinstance(listened, Idle)
    assert listened.channels == ("users.xxxx1.*",)
    assert listened.original == subscribes
    assert isinstance(line, Idle)
    assert line.channels == ()
    covered = bytearray(line.text)
    for begin, end in line.secret:
        covered[begin - line.begin : end - line.begin] = b"_" * (end - begin)
    assert b"alice" not in covered


def test_of_an_error_the_first_word_is_shown() -> None:
    (_, trouble) = read(
        (CLIENT, strings("PUBLISH", "users.alice", _ASKED)),
        (BROKER, b"-NOPERM no permissions to access users.alice\r\n"),
        conceal=_conceal(),
    )

    assert isinstance(trouble, Trouble)
    assert "NOPERM" in trouble.detail
    assert "alice" not in trouble.detail
