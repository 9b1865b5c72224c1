from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector import over_rabbitmq
from tests.inspector.conversation import inspected, response
from tests.inspector.over_nats import Broker, called
from tests.inspector.recorded import recorded
from tests.inspector.scenes import Sentences, Trace, group_in, said_of, sentences

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire


def _with(count: int, calls: int = 1) -> Wire:
    """Return calls that several workers answer, each in a group of its own."""
    broker = Broker()
    workers = [broker.worker("sum") for _ in range(count)]
    caller = broker.peer()
    for _ in range(calls):
        called(caller, *workers, value=6)
    return broker.wire


TRACE = Trace(lambda: _with(2), lambda: _with(1))


def test_what_it_says() -> None:
    assert said_of(TRACE, "several-answers") == Sentences(
        message="2 services answered sum",
        headline="1 call answered more than once",
        cause=(
            "sum (#1): 2 services had the same request, as they are in no queue group "
            "together. Each ran its handler; the caller takes the first reply, and "
            "drops the other. Packet 30."
        ),
        hint="give the services one queue: the option queue: 'name' of each of them",
    )


def test_calls_of_a_pattern_are_counted_together() -> None:
    said = sentences(group_in(_with(3, calls=4), "several-answers"))

    assert said.headline == "4 calls answered more than once"
    assert "3 services had the same request" in said.cause
    assert "drops the 8 others" in said.cause


def test_real_calls_of_a_pattern_are_counted_together_whoever_answered_last() -> None:
    found = recorded("nats-three-servers-nest12.pcap")
    groups = [sentences(group) for group in found.report.findings.values()]

    assert sorted(group.cause.partition(":")[0] for group in groups) == [
        "count (#4)",
        "sum (#1)",
        "who (#2 #3)",
    ]


def test_a_stream_has_one_service() -> None:
    broker = Broker()
    worker, caller = broker.worker("count"), broker.peer()
    passing = caller.ask("count")
    worker.take(passing)
    for number in range(3):
        caller.get(passing, worker.answer(passing, number, last=number == 2))
    caller.leave(passing)

    assert not inspected(broker.wire.records).codes


def test_real_services_without_a_queue_answer_more_than_once() -> None:
    found = recorded("nats-three-servers-nest12.pcap")

    assert set(found.codes) == {"several-answers"}
    assert [each.route for each in found.findings] == ["sum", "who", "who", "count"]


def test_who_has_dead_letters_need_not_answer() -> None:
    broker = over_rabbitmq.Broker()
    worker, caller = broker.worker(no_ack=False), broker.peer()
    undertaker, sent = broker.worker(queue="dead_q"), caller.ask("nope", 1)
    worker.give_back(worker.take(sent), requeue=False)
    undertaker.bury(sent)
    for each in (worker, undertaker):
        caller.get(sent, each.reply(sent, response(sent.identity, 1)))
    said = sentences(group_in(broker.wire, "several-answers"))

    assert "since a queue did not keep it: it went on as a dead letter" in said.cause
    assert said.hint.startswith("let the consumer of dead letters only keep them")
