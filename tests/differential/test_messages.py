"""A real server and a real client make of a packet what we make of it."""

from __future__ import annotations

import itertools

import pytest

from protocol import NEWEST, Event, Request, Response, UnknownPacketError, parse_packet
from tests.differential.comparison import fresh_seed
from tests.differential.messages import Message
from tests.differential.oracle import VERSIONS, Nests
from tests.differential.topics import REPLIES, SERVED

_MESSAGES = 10_000
_IDS = ["null", "0", '""', "false", '"1"', "1", "1e400", "9007199254740993", "[]", None]
_PATTERNS = ['"p"', "null", '""', "0", "{}", None]
_DATA = ["null", "0", "{}", None]


def test_generated_messages_reach_a_server_as_we_say(nests: Nests) -> None:
    seed = fresh_seed()

    divergences = list(itertools.islice(SERVED.compare(nests, seed, _MESSAGES), 3))

    assert not divergences, f"seed {seed}\n" + "\n".join(map(str, divergences))


def test_generated_messages_reach_a_client_as_we_say(nests: Nests) -> None:
    seed = fresh_seed()

    divergences = list(itertools.islice(REPLIES.compare(nests, seed, _MESSAGES), 3))

    assert not divergences, f"seed {seed}\n" + "\n".join(map(str, divergences))


def _message(**members: str | None) -> Message:
    present = [f'"{key}":{text}' for key, text in members.items() if text is not None]
    return Message(f"{{{','.join(present)}}}")


def test_every_mixture_of_pattern_data_and_id_is_what_a_server_says(
    nests: Nests,
) -> None:
    messages = [
        _message(pattern=pattern, data=data, id=identity)
        for pattern in _PATTERNS
        for data in _DATA
        for identity in _IDS
    ]

    assert not list(SERVED.differences(nests, messages))


def test_every_mixture_of_the_keys_of_a_reply_is_what_a_client_says(
    nests: Nests,
) -> None:
    messages = [
        _message(response=response, err=err, isDisposed=disposed, extra=extra, id=call)
        for response in ["1", "null", None]
        for err in ['"no"', "null", "0", '""', "{}", None]
        for disposed in ["true", None]
        for extra in ["1", None]
        for call in ['"1"', "null", "0", '""', None]
    ]

    assert not list(REPLIES.differences(nests, messages))


@pytest.mark.parametrize("version", VERSIONS)
def test_an_end_that_is_no_end_is_the_rule_falsy_is_disposed(
    nests: Nests, version: str
) -> None:
    message = Message('{"id":"1","isDisposed":false}')

    # To Nest up to 11 the key alone makes the packet one of Nest's.
    divergences = [found.version for found in REPLIES.differences(nests, [message])]

    assert (version in divergences) == (version in {"v10", "v11"})


def test_what_the_kinds_are() -> None:
    assert NEWEST.strict_replies
    assert parse_packet(_message(pattern="null", id="null").frame) == Request(
        None, None
    )
    assert parse_packet(_message(pattern='"p"').frame) == Event("p")
    assert parse_packet(_message(id="0").frame) == Response(0)
    with pytest.raises(UnknownPacketError):
        parse_packet(Message("[1]").frame)
