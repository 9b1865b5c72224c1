"""What findings say over a broker: nothing that is true of Nest's TCP alone."""

from __future__ import annotations

import re
import shlex
from functools import cache
from typing import TYPE_CHECKING

import pytest

from inspector.findings.catalogue import rules
from inspector.views.see_command import see_words
from inspector.views.shell_words import program
from tests.inspector.command import run
from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SECOND,
    SERVER,
    Wire,
    failure,
    inspected,
    response,
)
from tests.inspector.nats_evidence import NATS, evidence
from tests.inspector.over_nats import Broker, called, emitted
from tests.inspector.recorded import recorded
from tests.inspector.scenes import Sentences, group_in, sentences

if TYPE_CHECKING:
    from pathlib import Path

    from tests.inspector.conversation import Inspected
    from tests.inspector.over_nats import Peer

TRUE_OF_TCP = re.compile(
    r"\blengths?\b|UTF-16|\bframes?\b|socketClass|maxBufferSize|Connection closed|"
    r"ECONNREFUSED|a hybrid application|waits for a #|8888"
)
each_capture = pytest.mark.parametrize("capture", NATS, ids=lambda each: each.name)


@cache
def _inspected(name: str) -> Inspected:
    return recorded(name)


def _words(found: Inspected) -> list[str]:
    """Return all sentences of all findings."""
    groups = found.report.findings.values()
    return [
        text
        for group in groups
        for text in (
            *sentences(group),
            rules()[group.first.code].advice(group),
            *(each.message for each in found.findings),
            *(each.hint for each in found.findings),
        )
    ]


@each_capture
def test_nothing_is_said_that_is_true_of_tcp_alone(capture: Path) -> None:
    for text in _words(_inspected(capture.name)):
        assert not TRUE_OF_TCP.search(text), text


@each_capture
def test_the_broker_is_no_service(capture: Path) -> None:
    brokers = {each.rpartition(":")[2] for each in evidence(capture).brokers}
    for text in _words(_inspected(capture.name)):
        for port in brokers:
            assert not re.search(rf"\b(on|of|at) (\d+\.[\d.]+)?:{port}\b", text), text


@each_capture
def test_findings_name_carrier_and_subject(capture: Path) -> None:
    for line in _inspected(capture.name).finding_lines:
        assert line["carrier"] == "nats"
        known = line["exchange"] is not None and line["code"] != "value-after-end"
        assert ("channel" in line) == known, line


@each_capture
def test_the_commands_to_see_more_work(capture: Path) -> None:
    found = _inspected(capture.name)
    for group in found.report.findings.values():
        command = " ".join(see_words(group.first, str(capture)))
        words = shlex.split(command.removeprefix(program()))
        if words:
            shown = run(*words)
            assert shown.code == 0, command
            assert shown.out.strip(), command


def test_findings_over_tcp_have_no_channel() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1").send(SERVER, failure("1", "no"))
    (line,) = inspected(wire.records).finding_lines

    assert "channel" not in line


def _failing(group: str | None, calls: int = 4) -> Wire:
    broker = Broker()
    worker, caller = broker.worker("sum", group=group), broker.peer()
    for _ in range(calls):
        passing = caller.ask("sum")
        worker.take(passing)
        caller.get(passing, worker.fail(passing, {"message": "no"}))
        caller.leave(passing)
    return broker.wire


@pytest.mark.parametrize(
    ("group", "name"), [("workers", "queue group workers"), (None, "10.0.0.1:50001")]
)
def test_a_pattern_fails_on_who_answers_it(group: str | None, name: str) -> None:
    cause = sentences(group_in(_failing(group), "failing-pattern")).cause

    assert f"on {name}, " in cause


def test_groups_of_two_brokers_are_told_apart() -> None:
    wire = _failing("workers")
    other = Broker(wire, "10.0.0.8:4222")
    worker = other.worker("x", endpoint="10.0.1.2:60002")
    called(other.peer("10.0.1.1:60001"), worker, pattern="x")

    cause = sentences(group_in(wire, "failing-pattern")).cause
    assert "on queue group workers of 10.0.0.9:4222, " in cause


def test_one_group_that_fails_is_compared_with_another() -> None:
    broker = Broker()
    caller = broker.peer()
    good, bad = broker.worker("sum", group="good"), broker.worker("sum", group="bad")
    for number in range(80):
        passing = caller.ask("sum")
        worker = bad if number % 2 else good
        worker.take(passing)
        reply = worker.fail if number % 2 else worker.answer
        caller.get(passing, reply(passing, "text"))
        caller.leave(passing)
    said = sentences(group_in(broker.wire, "failing-pattern"))

    assert said.headline.startswith("sum failed 40 of 40 times on queue group bad")
    assert "of 40 calls to 1 other server none failed" in said.cause


def test_services_at_one_broker_have_habits_of_their_own() -> None:
    broker = Broker()
    asked, told = broker.worker("log", group="a"), broker.worker("log", group="b")
    sender = broker.peer()
    called(sender, asked, pattern="log", value=1)
    emitted(sender, told, pattern="log")

    assert not inspected(broker.wire.linger().records).codes


def test_one_service_that_is_both_asked_and_told_is_mixed() -> None:
    broker = Broker()
    worker, sender = broker.worker("log", group="a"), broker.peer()
    called(sender, worker, pattern="log", value=1)
    emitted(sender, worker, pattern="log")

    found = inspected(broker.wire.linger().records)
    assert found.codes == ["event-to-message-handler"]


def _took(stage: str) -> Wire:
    """Return a call of three seconds, spent in one stage."""
    broker = Broker()
    worker, caller = broker.worker("sum", group="workers"), broker.peer()
    passing = caller.ask("sum")
    broker.wire.wait(3 * SECOND if stage == "queue" else MILLISECOND)
    worker.take(passing)
    broker.wire.wait(3 * SECOND if stage == "handler" else MILLISECOND)
    body = worker.answer(passing, 6)
    broker.wire.wait(3 * SECOND if stage == "return" else MILLISECOND)
    caller.get(passing, body)
    caller.leave(passing)
    return broker.wire.linger()


@pytest.mark.parametrize(
    ("stage", "times", "where"),
    [
        ("queue", ("3.00 s", "1.10 ms", "1.10 ms"), "queue group workers or NATS busy"),
        ("handler", ("1.10 ms", "3.00 s", "1.10 ms"), "queue group workers did at"),
        ("return", ("1.10 ms", "1.10 ms", "3.00 s"), "the caller or NATS busy"),
    ],
)
def test_a_slow_call_says_which_stage_was_slow(
    stage: str, times: tuple[str, str, str], where: str
) -> None:
    said = sentences(group_in(_took(stage), "slow-call"))

    there, handler, back = times
    assert (
        f"The broker with the request took {there}, the handler {handler} and the "
        f"broker with the reply {back}. Packet"
    ) in said.cause
    assert where in said.hint


def test_a_slow_pattern_says_so_of_its_longest_call() -> None:
    broker = Broker()
    worker, caller = broker.worker("sum", group="workers"), broker.peer()
    for _ in range(3):
        passing = caller.ask("sum")
        broker.wire.wait(2 * SECOND)
        worker.take(passing)
        caller.get(passing, worker.answer(passing, 6))
        caller.leave(passing)
    said = sentences(group_in(broker.wire, "slow-pattern"))

    assert "The broker with the request took 2.00 s, the handler 100 µs" in said.cause
    assert (
        said.hint == "find out what keeps queue group workers from taking its requests"
    )


def _blocked(*, processes: int) -> Wire:
    """Return calls that were answered together after none was for half a second."""
    broker = Broker()
    callers = [broker.peer() for _ in range(9)]
    workers = [broker.worker("sum", group="workers") for _ in range(processes)]
    for caller in callers:
        for _ in range(5):
            called(caller, workers[0])
    late = []
    for number, caller in enumerate(callers):
        worker = workers[number % processes]
        late.append((caller, worker, caller.ask("sum")))
        worker.take(late[-1][2])
        broker.wire.wait(10 * MILLISECOND)
    broker.wire.wait(SECOND // 2)
    for caller, worker, passing in late:
        caller.get(passing, worker.answer(passing, 1))
    return broker.wire.linger()


def test_a_process_of_a_group_is_blocked_by_itself() -> None:
    said = sentences(group_in(_blocked(processes=1), "blocked-loop"))

    assert said.cause.startswith("10.0.0.10:50010 answered nothing for ")
    assert "look at what 10.0.0.10:50010 computed at" in said.hint


def test_processes_that_answer_at_one_time_are_not_taken_for_one() -> None:
    groups = inspected(_blocked(processes=9).records).codes

    assert "blocked-loop" not in groups


def _ended(side: int, *, reset: bool) -> Sentences:
    broker = Broker()
    caller = broker.peer()
    called(caller, broker.worker("sum"))
    if reset:
        caller.line.reset(CLIENT if side == 0 else SERVER)
    return sentences(group_in(broker.wire, "connection-reset"))


def test_a_reset_by_the_broker_is_not_that_of_a_service() -> None:
    said = _ended(1, reset=True)

    assert said.message == "the NATS server reset the connection"
    assert "Its client connects again" in said.cause
    assert said.hint == "look in the log of the NATS server at that time"
    assert _ended(0, reset=True).message == "the client reset the connection"


def test_a_broker_that_refuses_connections_is_named() -> None:
    broker = Broker()
    caller = broker.peer()
    called(caller, broker.worker("sum"))
    again = broker.wire.join(client="10.0.0.1:50009", server=broker.endpoint)
    again.segment(CLIENT, flags="S", seq=again.isns[0])
    again.segment(SERVER, flags="RA", seq=0, ack=again.isns[0] + 1)
    said = sentences(group_in(broker.wire, "refused-connection"))

    assert said.message.startswith("NATS 10.0.0.9:4222 refused the connection")
    assert "one that was connected tries again" in said.cause
    assert said.hint.startswith("start the broker")


def _second(reply: str) -> tuple[Broker, Peer]:
    broker = Broker()
    worker, caller = broker.worker("sum"), broker.peer()
    passing = called(caller, worker)
    broker.wire.wait(3 * SECOND)
    caller.get(passing, worker.reply(passing, response(passing.identity, reply)))
    return broker, caller


def test_a_reply_after_the_last_one_is_told_once() -> None:
    broker, _ = _second("late")
    group = group_in(broker.wire.linger(), "value-after-end")

    assert group.count == 1
    assert "nobody listened for its replies any more" in sentences(group).cause


def test_errors_that_services_throw_are_looked_up_with_them() -> None:
    broker = Broker()
    worker, caller = broker.worker("sum", group="workers"), broker.peer()
    for text in ("Internal server error", "broken"):
        passing = caller.ask("sum")
        worker.take(passing)
        error = {"status": "error", "message": text}
        caller.get(passing, worker.fail(passing, error))
        caller.leave(passing)
    masked = sentences(group_in(broker.wire, "masked-error"))
    thrown = sentences(group_in(broker.wire, "thrown-error"))

    assert "in the log of the service on queue group workers" in masked.cause
    assert thrown.cause.startswith("sum (#2) on queue group workers.")


def test_a_password_is_found_where_it_was_sent() -> None:
    broker = Broker()
    worker, caller = broker.worker("login"), broker.peer()
    called(caller, worker, pattern="login", data={"password": "correct-horse"})
    (finding,) = inspected(broker.wire.records).findings

    assert finding.code == "credentials"
    assert finding.sender == "client"
    assert finding.connection.client_text == "10.0.0.2:50002"


def test_a_handler_that_answers_on_another_connection_took_the_rest() -> None:
    cause = next(
        sentences(group).cause
        for group in _inspected("nats-restart-nest12.pcap").report.findings.values()
        if group.first.code == "slow-call"
    )

    assert re.search(r"the handler 2\.0\d s and the broker with the reply", cause)
