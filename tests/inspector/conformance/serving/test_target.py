"""What a server is asked, and what of its answers is known."""

from __future__ import annotations

import pytest

from inspector.conformance.card import FailedError, UntriedError
from inspector.conformance.serving.target import Subject, Subjects, Target, route_of
from inspector.errors import InspectorError
from protocol import UNDEFINED
from tests.inspector.conformance.faulty_server import FaultyServer
from tests.patience import PATIENCE


def _target(port: int, **subjects: Subject) -> Target:
    return Target(("127.0.0.1", port), Subjects(**subjects), PATIENCE)


def test_the_answer_is_learnt_and_others_are_failures() -> None:
    with FaultyServer.serving() as server:
        target = _target(server.port, call=Subject("sum", [1, 2]))
        target.learn()
        assert target.learnt == 3
        target.ask("a", "b")
        target.check_alive()
        with pytest.raises(FailedError, match="is answered with 7, not as before"):
            target.ask("c", subject=Subject("sum", [7]))
        with pytest.raises(FailedError, match="is answered with an error"):
            target.ask("d", subject=Subject("fail"))


def test_without_a_pattern_an_error_is_the_answer() -> None:
    with FaultyServer.serving() as server:
        target = _target(server.port)
        target.learn()
        target.ask("a")
        with pytest.raises(FailedError, match="without an error"):
            target.ask("b", subject=Subject("sum", [1]))
        with pytest.raises(UntriedError, match="needs --slow-pattern"):
            target.needed("slow")
        with pytest.raises(UntriedError, match="needs --pattern"):
            target.needed("call")


def test_a_request_is_written_as_nest_does() -> None:
    target = _target(1, call=Subject({"cmd": "é"}, UNDEFINED))

    assert target.request(target.new_id()).decode() == (
        '{"pattern":{"cmd":"é"},"id":"000000000000000000001"}'
    )
    assert route_of(target.subject) == '{"cmd":"é"}'


def test_nobody_listens() -> None:
    with FaultyServer.serving() as server:
        target = _target(server.port)
        target.check_reachable()
        server.stop_accepting()
        with pytest.raises(InspectorError, match="cannot connect: connection refused"):
            target.check_reachable()
