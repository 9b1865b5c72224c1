from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.findings.hanging import (
    FOREIGN_ID,
    LATE,
    UNDELIVERED,
    UNHANDLED,
    UNREADABLE,
    UNRETURNED,
    UNSEEN,
    hang_of,
)
from tests.inspector.conversation import (
    CLIENT,
    SECOND,
    SERVER,
    Wire,
    inspected,
    response,
)
from tests.inspector.over_nats import Broker, called
from tests.inspector.recorded import recorded
from tests.inspector.scenes import Sentences, group_in, sentences

if TYPE_CHECKING:
    from tests.inspector.over_nats import Passing, Peer


class _Call:
    """A call of a caller that listens for a second, beside a worker."""

    def __init__(self, subject: str = "sum", group: str | None = "workers") -> None:
        self.broker = Broker()
        self.worker: Peer = self.broker.worker(subject, group=group)
        self.caller: Peer = self.broker.peer()
        self.passing: Passing = self.caller.ask("sum")

    def leave(self) -> None:
        self.broker.wire.wait(SECOND)
        self.caller.leave(self.passing)

    def wire(self) -> Wire:
        return self.broker.wire.linger()

    def said(self) -> Sentences:
        return sentences(group_in(self.wire(), "unanswered"))


def _state(wire: Wire) -> str:
    (call,) = inspected(wire.records).exchanges
    hang = hang_of(call)
    assert hang is not None
    return hang.state


def test_a_call_over_tcp_came_over_no_broker() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1")
    (call,) = inspected(wire.linger().records).exchanges

    assert hang_of(call) is None


def test_a_handler_that_does_not_answer_is_named_by_its_group() -> None:
    call = _Call()
    call.worker.take(call.passing)
    call.leave()

    assert _state(call.wire()) == UNHANDLED
    assert call.said() == Sentences(
        message="no reply to sum when the caller stopped listening, 1.00 s later",
        headline="1 message without a reply",
        cause=(
            "sum (#1) had no reply when the caller stopped listening, 1.00 s later. "
            "Queue group workers had it, and had not answered by then. Packet 17."
        ),
        hint=(
            "look at what the handler on queue group workers waits for; timeout() on "
            "the client bounds the wait"
        ),
    )


def test_a_handler_without_a_group_is_named_by_its_endpoint() -> None:
    call = _Call(group=None)
    call.worker.take(call.passing)
    call.leave()

    assert "10.0.0.1:50001 had it, and had not answered" in call.said().cause


def test_a_reply_after_its_caller_has_left_is_late() -> None:
    call = _Call()
    call.worker.take(call.passing)
    call.leave()
    call.broker.wire.wait(SECOND // 2)
    call.worker.answer(call.passing, 1)

    assert _state(call.wire()) == LATE
    assert "answered it after 1.50 s, when nobody listened" in call.said().cause
    assert call.said().hint.startswith("let the caller wait longer than 1.50 s")


def test_a_reply_that_the_broker_keeps_is_not_returned() -> None:
    call = _Call()
    call.worker.take(call.passing)
    call.worker.answer(call.passing, 1)
    call.leave()

    assert _state(call.wire()) == UNRETURNED
    cause = call.said().cause
    assert "answered it after 200 µs, and NATS did not hand that on" in cause
    assert "permission to publish to _INBOX.>" in call.said().hint


def test_a_reply_with_another_id_has_reached_its_caller() -> None:
    call = _Call()
    call.worker.take(call.passing)
    call.caller.get(call.passing, call.worker.reply(call.passing, response("x", 1)))
    call.leave()

    assert _state(call.wire()) == FOREIGN_ID


@pytest.mark.parametrize(
    ("subject", "cause", "hint"),
    [
        ("sum", "although 10.0.0.1:50001 subscribes", "look at whether 10.0.0.1:50001"),
        ("sums", "No captured connection has subscribed", "did you mean sums?"),
        ("unlike", "No captured connection has subscribed", "start a service that"),
    ],
)
def test_what_was_handed_to_nobody_may_have_subscribers(
    subject: str, cause: str, hint: str
) -> None:
    call = _Call(subject)
    call.leave()

    assert _state(call.wire()) == UNSEEN
    assert cause in call.said().cause
    assert call.said().hint.startswith(hint)


def test_where_no_service_is_captured_nothing_is_claimed_of_any() -> None:
    broker = Broker()
    caller = broker.peer()
    caller.ask("sum")
    said = sentences(group_in(broker.wire.linger(), "unanswered"))

    assert "the capture does not show: it lacks who serves it" in said.cause
    assert said.hint.startswith("capture the connections of the services too")


def test_a_request_that_its_own_caller_would_serve_was_handed_to_nobody() -> None:
    broker = Broker()
    both = broker.worker("sum")
    called(both, both, pattern="sum")
    both.ask("sum")
    exchanges = inspected(broker.wire.linger().records).exchanges
    hang = hang_of(exchanges[-1])

    assert hang is not None
    assert hang.state in {UNSEEN, UNDELIVERED}


def test_a_broker_that_closes_under_a_call_is_looked_at_first() -> None:
    call = _Call()
    call.worker.take(call.passing)
    for peer in (call.caller, call.worker):
        peer.line.finish(SERVER).finish(CLIENT)
    said = call.said()

    assert "before the NATS server closed the connection (FIN in packet" in said.cause
    assert "“Connection closed”" not in said.cause
    assert said.hint.startswith("look at NATS: it ended, or cut this client off")


@pytest.mark.parametrize("version", [10, 11])
def test_real_calls_to_a_subject_with_a_blank_name_what_explains_them(
    version: int,
) -> None:
    found = recorded(f"nats-spaces-nest{version}.pcap")
    groups = found.report.findings.values()
    (group,) = (each for each in groups if each.first.code == "unanswered")
    said = sentences(group)
    calls = [each for each in found.exchanges if each.outcome == "unanswered"]

    assert {hang.state for hang in map(hang_of, calls) if hang} == {UNREADABLE}
    assert "NATS could not read them: see illegal-channel. Packets" in said.cause
    assert said.hint == "use a pattern without blanks"


@pytest.mark.parametrize("version", [10, 11, 12])
def test_a_real_call_that_was_given_up_was_answered_late(version: int) -> None:
    found = recorded(f"nats-nest{version}.pcap")
    groups = found.report.findings.values()
    (group,) = (each for each in groups if each.first.code == "unanswered")
    cause = sentences(group).cause

    assert cause.startswith("sleep (#25) had no reply when the caller stopped")
    assert "Queue group workers answered it after" in cause
