"""The line that makes a call again: protocol-call reads what was sent."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from inspector.views.call_line import MOST_DATA, call_words, reads_stdin
from protocol import JsonText, dumps, loads
from servers import cli
from servers.calling import acting
from servers.calling.addresses import Address
from servers.calling.options import question_of
from tests.inspector.conversation import CLIENT, SERVER, Wire, response
from tests.inspector.views.closeups import closeup

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from protocol import Json
    from servers.calling.question import Question
    from servers.hooks import Kind


def _exchange(wire: Wire) -> Exchange:
    return closeup(wire, 1).exchange


def _called(words: list[str]) -> Question:
    """Return what protocol-call makes of a line that a shell has read."""
    made: list[Question] = []

    def run(kind: Kind, options: dict[str, Json]) -> None:
        made.append(question_of(kind, options))

    with patch.object(acting, "call", run):
        cli.command.main(shlex.split(" ".join(words))[1:], standalone_mode=False)
    return made[0]


@pytest.mark.parametrize(
    "pattern",
    [
        "sum",
        "users.find",
        {"cmd": "it's"},
        "42",
        42,
        "-5",
        -5,
        "a b",
        "",
        "true",
        "-",
        "@x",
    ],
)
@pytest.mark.parametrize("data", [{"a": "it's $HOME"}, [1], -5, "求", None])
def test_protocol_call_would_send_the_same(pattern: object, data: object) -> None:
    wire = Wire()
    wire.connect().ask(pattern, "1", data).answer("1", 1)
    words = call_words(_exchange(wire))
    assert words is not None
    question = _called(words)

    assert question.kind == "message"
    assert question.server == Address("10.0.0.2", 8888)
    assert (question.pattern, question.data) == (pattern, data)


def test_an_event_is_emitted_and_a_stream_is_shown_as_one() -> None:
    wire, stream = Wire(), Wire()
    wire.connect().emit("log", 1)
    stream.connect().ask("count", "1", 2).send(
        SERVER, response("1", 1, last=False), response("1", 2)
    )

    assert call_words(_exchange(wire)) == [
        "protocol-call",
        "emit",
        "10.0.0.2:8888",
        "log",
        "1",
    ]
    words = call_words(_exchange(stream))
    assert words is not None
    assert words[:3] == ["protocol-call", "send", "--stream"]
    assert _called(words).kind == "stream"


def test_metadata_is_sent_too_and_a_terminal_obeys_nothing() -> None:
    wire = Wire()
    wire.connect().ask("a", "1", "\x9b31m\u202e").answer("1", 1)
    exchange = _exchange(wire)
    exchange.metadata = JsonText(b'{"tenant": "x"}')
    words = call_words(exchange)
    assert words is not None

    assert words[2:4] == ["--metadata", '\'{"tenant":"x"}\'']
    assert "\x9b" not in " ".join(words)
    assert _called(words).data == "\x9b31m\u202e"


def test_long_data_comes_through_a_pipe() -> None:
    wire = Wire()
    wire.connect().ask("a", "1", "x" * MOST_DATA).answer("1", 1)
    exchange = _exchange(wire)

    assert reads_stdin(exchange)
    assert (call_words(exchange) or [])[-1] == "-"


def test_without_its_request_or_over_another_carrier_nothing_is_made_again() -> None:
    orphan, other = Wire(), Wire()
    orphan.join().answer("1", 1)
    other.connect().ask("a", "1").answer("1", 1)
    exchange = _exchange(other)
    exchange.ledger.carrier = "nats"

    assert call_words(_exchange(orphan)) is None
    assert call_words(exchange) is None


def test_blanks_between_tokens_are_not_kept() -> None:
    wire = Wire()
    body = b'{"pattern": "a", "data": {"b":  1.50}, "id": "1"}'
    wire.connect().send(CLIENT, b"%d#%s" % (len(body), body)).answer("1", 1)

    assert (call_words(_exchange(wire)) or [])[-1] == "'{\"b\":1.50}'"


@pytest.mark.parametrize(
    "data", [rb'{"a":\n"\ud800"}', rb'"\udc00x"', b"[" * 1500 + b"1" + b"]" * 1500]
)
def test_what_only_javascript_reads_is_made_again(data: bytes) -> None:
    wire = Wire()
    data = data.replace(rb"\n", b"\n")
    body = b'{"pattern":"a","data":%s,"id":"1"}' % data
    wire.connect().send(CLIENT, b"%d#%s" % (len(body), body)).answer("1", 1)
    words = call_words(_exchange(wire))
    assert words is not None

    assert dumps(loads(shlex.split(words[-1])[0])) == dumps(loads(data))
