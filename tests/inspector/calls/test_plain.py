"""A plain call becomes the exchange that it would have been from the beginning."""

from __future__ import annotations

import msgspec
import pytest

from inspector.calls.exchanges import Exchange, Kind, Ledger, payload_bytes
from inspector.calls.plain import PlainCall, PlainExchange, PlainPlace, PlainStep
from inspector.calls.waiting import Calls
from inspector.carriers.grpc.fields import read_fields
from inspector.commands.run_options import redaction_of
from inspector.pipeline import Options, Pipeline
from inspector.streams.packets import DataPacket
from inspector.views.jsonlines import exchange_line, summary_line
from protocol import JsonText
from tests.inspector.carriers.grpc.written import number, words
from tests.inspector.conversation import CLIENT, Wire, inspected
from tests.inspector.over_grpc import answered, asked, service
from tests.inspector.plainly import SECRET, Kept, mostly_plain


def test_it_is_the_exchange_that_pairing_begins() -> None:
    wire = Wire()
    wire.connect().ask({"cmd": "sum"}, "1", [1, 2])
    (paired,) = inspected(wire.records).exchanges
    record = paired.request_packets[0]
    call = PlainCall(
        paired.connection,
        paired.ledger,
        record,
        paired.request_bytes,
        paired.retransmissions_before,
        PlainPlace({"cmd": "sum"}),
        "1",
        JsonText(b"[1,2]"),
        wordless=True,
    )
    made = call.exchange()

    for name in ("outcome", "ended_ns", "cause", "in_flight"):  # what its end has set
        setattr(made, name, getattr(paired, name))
    assert msgspec.structs.asdict(made) == msgspec.structs.asdict(paired)


def test_plain_calls_wait_after_those_that_are_exchanges() -> None:
    wire = Wire()
    wire.connect().ask("sum", "old")
    (old,) = inspected(wire.records).exchanges
    calls = Calls()
    calls.waiting["old"] = [old]
    for each in (2, 3):
        ledger = Ledger(each, 1, kind=Kind.MESSAGE, route="sum", carrier="tcp")
        record = DataPacket(each, each, 0, 10, 1, 0, ledger)
        place = PlainPlace("sum")
        calls.plain[str(each)] = PlainCall(
            old.connection,
            ledger,
            record,
            10,
            0,
            place,
            str(each),
            JsonText(b"1"),
            wordless=True,
        )
    calls.settle()

    assert [each[0].number for each in calls.waiting.values()] == [1, 2, 3]
    assert not calls.plain


def test_a_call_read_step_by_step_is_the_exchange_that_pairing_begins() -> None:
    wire = Wire()
    link = service(wire)
    asked(link)
    answered(link)
    del wire.records[-1]  # what says that it is over
    (paired,) = inspected(wire.records).exchanges
    (asks,), (answers,) = paired.request_packets, paired.reply_packets
    step = PlainStep(
        paired.connection,
        paired.ledger,
        asks,
        paired.request_bytes,
        paired.retransmissions_before,
        PlainPlace("/calc.Calculator/Sum"),
        1,
        words("a"),
        read_fields,
    )
    assert (step.data, step.exchange().replies) == (JsonText(b'{"1":"a"}'), [])
    step.answer, step.answer_record = number(6), answers
    step.answer_size = paired.reply_bytes
    made = step.exchange()

    assert link.written[CLIENT]
    for name in ("outcome", "ended_ns", "cause", "in_flight"):  # what its end has set
        setattr(made, name, getattr(paired, name))
    assert msgspec.structs.asdict(made) == msgspec.structs.asdict(paired)


@pytest.mark.parametrize("paths", [(), ("auto",), ("data",)])
def test_what_is_over_is_the_exchange_that_it_would_have_been(
    paths: tuple[str, ...],
) -> None:
    records, options = mostly_plain(), Options(conceal=redaction_of(paths))
    pipeline = Pipeline(options)
    every = [
        exchange_line(item)
        for item in pipeline.inspect(iter(records))
        if isinstance(item, Exchange)
    ]
    kept = Kept(records, options)

    found = [
        each.exchange() if isinstance(each, PlainExchange) else each
        for each in kept.items
    ]
    made = [exchange_line(each) for each in found if isinstance(each, Exchange)]
    assert made == every  # in the same order
    assert summary_line(kept.report) == summary_line(pipeline.report())
    assert (SECRET.encode() in b"".join(made)) == (not paths)
    least = {(): 100, ("auto",): 98, ("data",): 0}[paths]
    assert len(kept.plain) >= least


def test_what_is_asked_of_it_is_known_without_an_exchange() -> None:
    for plain in Kept(mostly_plain()).plain:
        exchange = plain.exchange()
        assert plain.number == exchange.number
        assert plain.latency_ns == exchange.latency_ns
        assert plain.payload_bytes == payload_bytes(exchange)
