"""How an exchange passed over a broker, and how long each stage took."""

from __future__ import annotations

from inspector.views.show_hops import hop_lines
from inspector.views.show_setting import Setting
from tests.inspector.conversation import MILLISECOND, Wire, inspected
from tests.inspector.over_nats import Broker, called


def _shown(wire: Wire, *, full: bool = False, number: int = 1) -> list[str]:
    exchanges = inspected(wire.records).exchanges
    setting = Setting(("a.pcap",), 0, 120, full=full)
    lines = hop_lines(exchanges[number - 1], setting)
    return [line.plain.rstrip() for line in lines]


def test_each_stage_has_its_time_and_the_longest_says_so() -> None:
    broker = Broker()
    worker, caller = broker.worker("sum", group="workers"), broker.peer()
    asked = caller.ask("sum", [1, 2])
    broker.wire.wait(MILLISECOND)
    worker.take(asked)
    broker.wire.wait(8 * MILLISECOND)
    reply = worker.answer(asked, 3)
    caller.get(asked, reply).leave(asked)

    caller_text, worker_text = "client 10.0.0.2:50002", "handler 10.0.0.1:50001"
    assert [" ".join(line.split()) for line in _shown(broker.wire)] == [
        "Hops ms from to packets",
        f"request {caller_text} NATS 16",
        f"queue 1.10 NATS {worker_text} 17 group workers",
        f"handler 8.10 {worker_text} NATS 18 87% of the time",
        f"return 0.100 NATS {caller_text} 19",
        "SUB 10.0.0.2:50002 NATS 16 errand",
        "UNSUB 10.0.0.2:50002 NATS 20 errand",
    ]


def test_over_tcp_there_are_none() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1").answer("1", 3)

    assert _shown(wire) == []


def test_what_does_not_count_says_why_and_other_stages_have_no_time() -> None:
    broker = Broker()
    workers = [broker.worker("sum", whole=False) for _ in range(2)]
    caller = broker.peer(whole=False)
    called(caller, *workers, value=1)
    lines = _shown(broker.wire)

    assert [line.split()[0] for line in lines[1:]] == [
        "request",
        "queue",
        "queue",
        "handler",
        "handler",
        "return",
        "return",
        "SUB",
        "UNSUB",
    ]
    assert lines[7].endswith("surplus")
    assert lines[8].endswith("errand")


def test_of_many_hops_the_first_and_the_last_are_shown() -> None:
    broker = Broker()
    worker, caller = broker.worker("sum", whole=False), broker.peer(whole=False)
    asked = caller.ask("sum")
    worker.take(asked)
    for number in range(30):
        body = worker.answer(asked, number, last=number == 29)
        caller.get(asked, body)
    caller.leave(asked)
    lines = _shown(broker.wire)

    assert lines[21] == "… 38 more hops"
    assert len(lines) == 1 + 20 + 1 + 4 + 2
    assert len(_shown(broker.wire, full=True)) == 1 + 62 + 2
