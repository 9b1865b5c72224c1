from __future__ import annotations

import pytest

from inspector.figures.health import assess
from inspector.figures.health_words import judge_health
from inspector.filters.selection import compile_selection
from inspector.pipeline import Options, Pipeline
from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SERVER,
    Wire,
    inspected,
)
from tests.inspector.figures.services import Call, captured
from tests.inspector.over_rabbitmq import Broker, called
from tests.inspector.traces import TRACES

_WELL = Call(0, "sum", "well", 1)


def _said_of(wire: Wire) -> str:
    report = inspected(wire.records).report
    verdict = judge_health(report, assess(report))
    return "" if verdict is None else f"{verdict.mark} {verdict.sentence}"


def _said(*calls: Call) -> str:
    return _said_of(captured(list(calls)))


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        ([], ""),
        ([_WELL], "✓ Nothing failed or waited; the call took 1.10 ms."),
        (
            [_WELL] * 3,
            "✓ Nothing failed or waited; the slowest of 3 calls took 1.10 ms.",
        ),
        (
            [Call(0, "pay", "thrown", 4_000)] * 10 + [_WELL] * 5,
            "✗ pay failed 10 of 10 times, after 4.00 s each.",
        ),
        (
            [Call(0, "pay", "thrown", ms) for ms in (1, 2, 30)],
            "✗ pay failed 3 of 3 times.",
        ),
        (
            [Call(0, name, "thrown", 1) for name in "abc" for _ in range(3)],
            "✗ a and 2 more patterns fail.",
        ),
        (
            [Call(n, "a", "thrown" if n else "well", 1) for n in (0, 1)] * 9,
            "✗ a failed 9 of 9 times on 10.0.1.1, after 1.10 ms each.",
        ),
        (
            [Call(n, "a", "thrown" if n else "well", 1) for n in (0, 1, 2)] * 9,
            "✗ a failed 18 of 18 times on 2 of 3 servers, after 1.10 ms each.",
        ),
        (
            [
                Call(n, name, "thrown" if n else "well", 1)
                for n in (0, 1)
                for name in "ab"
            ]
            * 9,
            "✗ a and 1 more pattern fail on 10.0.1.1.",
        ),
        (
            [Call(0, "a", "nobody", 1)] * 20 + [_WELL],
            "✗ a has no handler in 20 of 20 calls.",
        ),
        (
            [Call(0, name, "nobody", 1) for name in "ab"] * 3,
            "✗ a and 1 more pattern have no handler in 6 of 6 calls.",
        ),
        (
            [Call(0, "a", "nobody", 1)] * 3 + [Call(0, "b", "thrown", 1)] * 4,
            (
                "✗ b failed 4 of 4 times, after 1.10 ms each, and a has no handler in "
                "3 of 3 calls."
            ),
        ),
        (
            [Call(0, "a", "nobody", 1), Call(0, "b", "thrown", 1), _WELL],
            "✗ 2 of 3 calls failed: a has no handler, b threw.",
        ),
        ([Call(0, "a", "500", 1), _WELL], "✗ 1 of 2 calls failed with status 500."),
        (
            [Call(0, "a", "500", 1), Call(0, "a", "404", 1), _WELL],
            "✗ 1 of 3 calls failed with status 500, and 1 was refused.",
        ),
        (
            [Call(0, "a", "404", 1), _WELL],
            "✓ Nothing failed; 1 of 2 calls was refused; the slowest took 1.10 ms.",
        ),
        ([Call(0, "a", "silence", 1), _WELL], "✗ 1 call has no reply."),
        (
            [Call(0, "a", "silence", 1)] * 2 + [Call(0, "b", "thrown", 1)],
            "✗ 1 of 3 calls failed, and 2 calls have no reply.",
        ),
        (
            [_WELL] * 30 + [Call(0, "sum", "well", 3_000)],
            "! 1 of 31 calls took 3.00 s, where half take 1.10 ms.",
        ),
        (
            [_WELL] * 30 + [Call(0, "sum", "well", 3_000), Call(0, "b", "well", 1)],
            "! 1 of 32 calls took 3.00 s, where half of sum take 1.10 ms.",
        ),
        (
            [_WELL] * 30 + [Call(0, "sum", "well", 300), Call(0, "b", "well", 4_000)],
            "! 2 of 32 calls took up to 4.00 s.",
        ),
        ([Call(0, "sum", "well", 25_000)], "! The call took 25.0 s."),
        (
            [_WELL] * 2 + [Call(0, "sum", "well", 25_000)],
            "! 1 of 3 calls took 25.0 s, where half take 1.10 ms.",
        ),
        (
            [Call(0, "a", "well", 4_000)] * 3 + [Call(0, "b", "well", 2_000)],
            "! a takes 4.00 s at the median, and 1 took 2.00 s.",
        ),
        (
            [Call(0, "a", "thrown", 1), Call(0, "b", "well", 2_000)],
            "✗ 1 of 2 calls failed, and 1 took 2.00 s.",
        ),
        (
            [
                Call(n, "sum", "well", 500 if n else 2)
                for n in (0, 1)
                for _ in range(20)
            ],
            "! 10.0.1.1 takes 500 ms for what the others do in 2.10 ms.",
        ),
    ],
)
def test_the_worst_that_holds_is_said(calls: list[Call], said: str) -> None:
    assert _said(*calls) == said


def test_what_waits_for_a_delayed_ack_is_said_where_nothing_is_worse() -> None:
    report = inspected(TRACES["nagle-stall"].triggers().records).report
    verdict = judge_health(report, assess(report))

    assert verdict is not None
    assert (verdict.mark, verdict.style) == ("!", "warning")
    assert verdict.sentence.startswith("Nothing failed; 1 request waited")


def test_a_pattern_that_is_slow_is_named_with_its_time() -> None:
    plan = [Call(0, "report", "well", 2_000)] * 3
    others = [Call(0, "sum", "well", 1_000)] * 3

    assert _said(*plan) == "! report takes 2.00 s at the median."
    assert _said(*plan, *others) == (
        "! report and 1 more pattern take up to 2.00 s at the median."
    )


def test_calls_that_waited_for_another_are_counted() -> None:
    assert _said_of(TRACES["blocked-loop"].triggers()) == (
        "! 2 calls waited up to 600 ms until #1 was answered."
    )


def test_a_server_that_answers_nothing_any_more_is_named_with_the_time() -> None:
    silent = [Call(0, "sum", "silence", 100)] * 10
    earlier = [Call(1, "sum", "silence", 1), Call(1, "sum", "well", 1)]
    other = [each._replace(server=1) for each in [*[_WELL] * 10, *silent]]

    assert _said(*[_WELL] * 10, *silent) == (
        "✗ 10.0.1.0 answers nothing from 11:06:40.013 UTC on (10 calls)."
    )
    assert _said(*[_WELL] * 10, *earlier, *silent) == (
        "✗ 10.0.1.0 answers nothing from 11:06:40.015 UTC on (10 calls), and 1 other "
        "call has no reply."
    )
    assert _said(*other[:10], *[_WELL] * 10, *silent, *other[10:]).endswith(
        "and 1 more server answer nothing from 11:06:40.025 UTC on (20 calls)."
    )


def _refused(*servers: str) -> Wire:
    wire = Wire()
    wire.connect().ask("sum", "1").answer("1", 1).close()
    for number, server in enumerate(servers):
        call = wire.join(client=f"10.0.0.1:{50_000 + number}", server=server)
        call.segment(CLIENT, flags="S", seq=1)
        if not server.endswith(":1"):
            call.segment(SERVER, flags="RA", seq=0)
        else:
            call.segment(CLIENT, flags="S", seq=1)
    return wire


@pytest.mark.parametrize(
    ("servers", "said"),
    [
        (["10.0.0.3:9"], "1 connection to 10.0.0.3:9 was refused"),
        (["10.0.0.3:1"], "1 connection to 10.0.0.3:1 had no answer"),
        (
            ["10.0.0.3:9", "10.0.0.3:9", "10.0.0.4:9"],
            "3 connections to 10.0.0.3:9 and 1 more server were refused",
        ),
        (
            ["10.0.0.3:9", "10.0.0.3:9", "10.0.0.4:1"],
            "3 connections to 10.0.0.3:9 and 1 more server failed",
        ),
    ],
)
def test_connections_that_did_not_come_about_are_failures(
    servers: list[str], said: str
) -> None:
    assert _said_of(_refused(*servers)) == f"✗ {said}."


def test_a_server_that_shares_its_host_keeps_its_port() -> None:
    wire = Wire()
    talks = [
        wire.connect(client=f"10.0.0.1:{port}", server=f"10.0.0.2:{port}")
        for port in (9_001, 9_002)
    ]
    for number in range(20):
        for talk, wait_ms in zip(talks, (2, 200), strict=True):
            talk.ask("a", f"{number}")
            wire.wait(wait_ms * MILLISECOND)
            talk.answer(f"{number}", 1)

    assert _said_of(wire) == (
        "! 10.0.0.2:9002 takes 200 ms for what the others do in 2.10 ms."
    )


def test_of_calls_that_somebody_chose_it_is_said_that_they_were() -> None:
    plan = [Call(0, "a", "thrown", 1)] * 4 + [Call(0, "a", "well", 1_000)] * 30
    said = []
    for where in ('outcome == "error"', 'outcome == "completed"', "number == 1"):
        pipeline = Pipeline(Options(where=compile_selection(where)))
        for _ in pipeline.inspect(captured(plan).records):
            pass
        verdict = judge_health(pipeline.report(), assess(pipeline.report()))
        said.append(verdict.sentence if verdict else "")

    assert said == [
        "4 of the 4 calls chosen failed: a threw.",
        "30 of the 30 calls chosen took up to 1.00 s.",
        "1 of the 1 call chosen failed: a threw.",
    ]


def test_an_error_that_no_call_shows_is_said_as_its_finding_does() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1").answer("1", 1)
    wire.connect(client="10.0.0.1:41000").send(CLIENT, b'{"pattern":"a","data":1}')
    assert _said_of(wire) == "✗ JSON without a length on a port of Nest."

    wire.connect(client="10.0.0.1:42000").send(CLIENT, b'24{"pattern":"a","data":1}')
    assert _said_of(wire) == (
        "✗ JSON without a length on a port of Nest, and 1 more error."
    )


def test_events_alone_give_no_verdict() -> None:
    wire = Wire()
    wire.connect().emit("log", 1)

    report = inspected(wire.records).report

    assert judge_health(report, assess(report)) is None


def test_other_calls_that_fail_are_counted_beside_a_pattern_that_does() -> None:
    plan = (
        [Call(0, "pay", "thrown", 1)] * 3
        + [Call(0, "b", "thrown", 1)]
        + [Call(0, "b", "well", 1)] * 30
    )

    assert _said(*plan) == (
        "✗ pay failed 3 of 3 times, after 1.10 ms each, and 1 other call failed."
    )


def test_over_rabbitmq_a_server_is_its_queue() -> None:
    broker = Broker()
    worker, caller = broker.worker(), broker.peer()
    for _ in range(20):
        called(caller, worker)
    for _ in range(20):
        worker.take(caller.ask("sum", [1]))
        broker.wire.wait(200 * MILLISECOND)
    broker.wire.linger()
    caller.line.close()

    assert _said_of(broker.wire).startswith("✗ queue cats_q answers nothing")
