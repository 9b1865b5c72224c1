"""Connections to a server: what came, and why more did not."""

from __future__ import annotations

import pytest

from inspector.conformance.card import FailedError, Transcript
from inspector.conformance.serving.line import Line
from tests.inspector.conformance.faulty_server import FaultyServer
from tests.patience import PATIENCE

_REQUEST = b'{"pattern":"sum","data":[1,2],"id":"a"}'


def test_replies_are_those_with_the_id() -> None:
    transcript = Transcript()
    with (
        FaultyServer.serving() as server,
        Line(("127.0.0.1", server.port), PATIENCE, transcript) as line,
    ):
        line.send(_REQUEST, _REQUEST.replace(b'"a"', b'"b"'))
        (reply,) = line.replies("b")
        assert reply.members["response"] == 3
        assert len(line.first(2)) == 2
        line.say_no_more()
        assert line.has_ended()

    assert transcript.sent.startswith('39#{"pattern"')
    assert '"id":"a"' in transcript.came


def test_a_reply_that_does_not_come_is_a_failure_with_its_reason() -> None:
    with FaultyServer.serving("falsy ids are events") as server:
        address = ("127.0.0.1", server.port)
        with Line(address, 0.1, Transcript()) as line:
            line.send(_REQUEST.replace(b'"a"', b"0"))
            with pytest.raises(FailedError, match="no reply within"):
                line.replies(0)
        with Line(address, PATIENCE, Transcript()) as line:
            line.write(b"abc#")
            with pytest.raises(FailedError, match="no reply: the connection was"):
                line.replies("a")
        server.stop_accepting()
        with pytest.raises(FailedError, match="no new connection is accepted"):
            Line(address, PATIENCE, Transcript())
