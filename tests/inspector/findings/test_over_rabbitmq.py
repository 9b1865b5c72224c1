"""What findings say otherwise where a broker keeps messages in queues."""

from __future__ import annotations

import pytest

from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected, response
from tests.inspector.over_rabbitmq import Broker, called
from tests.inspector.scenes import group_in, sentences


def _closed(*, by_client: bool) -> Wire:
    """Return a call, after which the broker resets the connection of its caller."""
    broker = Broker()
    worker, caller = broker.worker(), broker.peer()
    called(caller, worker)
    if by_client:
        caller.line.finish(CLIENT)
    caller.line.reset(SERVER)
    return broker.wire.linger()


@pytest.mark.parametrize(
    ("by_client", "codes"), [(True, []), (False, ["connection-reset"])]
)
def test_a_reset_after_the_client_has_closed_is_nothing(
    codes: list[str], *, by_client: bool
) -> None:
    assert inspected(_closed(by_client=by_client).records).codes == codes


def test_an_answer_after_the_caller_has_gone_is_late() -> None:
    broker = Broker()
    worker, caller = broker.worker(), broker.peer()
    sent = caller.ask("sum", [1])
    worker.take(sent)
    caller.line.close()
    worker.reply(sent, response(sent.identity, 3))
    said = sentences(group_in(broker.wire.linger(), "unanswered"))

    assert "when nobody listened any more" in said.cause
    assert said.hint.startswith("let the caller wait longer")


def test_who_should_have_had_a_call_is_looked_for_in_queues() -> None:
    broker = Broker()
    caller = broker.peer()
    caller.ask("sum", [1])
    caller.line.close()
    said = sentences(group_in(broker.wire.linger(), "unanswered"))
    assert "check that one consumes the queue" in said.hint

    broker = Broker()
    caller, _ = broker.peer(), broker.worker(queue="other_q")
    caller.ask("sum", [1])
    caller.line.close()
    said = sentences(group_in(broker.wire.linger(), "unanswered"))
    assert "No captured connection consumes, or binds, a queue for cats_q" in said.cause
    assert "consumes that queue" in said.hint or "did you mean" in said.hint
