from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.calls.exchanges import Kind
from inspector.figures.report import Report
from inspector.figures.rows import PacketRow
from inspector.figures.totals import Totals
from inspector.views.verdict import judge, packet_range, why
from tests.inspector.conversation import (
    CLIENT,
    SERVER,
    Conversation,
    Wire,
    event,
    inspected,
    request,
    response,
)
from tests.inspector.over_nats import Broker, called, emitted

if TYPE_CHECKING:
    from collections.abc import Callable


def _report(*steps: Callable[[Conversation], object]) -> Report:
    wire = Wire()
    call = wire.connect()
    for step in steps:
        step(call)
    return inspected(wire.records).report


def _plain(number: int) -> Callable[[Conversation], object]:
    return lambda call: call.ask("sum", str(number)).answer(str(number), 1)


def _event(call: Conversation) -> object:
    return call.emit("log", 1)


def _stream(number: int, values: int) -> Callable[[Conversation], object]:
    def step(call: Conversation) -> object:
        call.ask("list", str(number))
        for value in range(values):
            last = value == values - 1
            call.send(SERVER, response(str(number), value, last=last))
        return call

    return step


def _split(number: int) -> Callable[[Conversation], object]:
    def step(call: Conversation) -> object:
        call.split(CLIENT, request("big", str(number), "x" * 40), 30)
        return call.split(SERVER, response(str(number), "x" * 40), 20, 40)

    return step


def _split_event(call: Conversation) -> object:
    return call.split(CLIENT, event("big", "x" * 40), 30)


def _unanswered(number: int) -> Callable[[Conversation], object]:
    return lambda call: call.ask("lost", str(number)).wire.linger()


def _in_flight(number: int) -> Callable[[Conversation], object]:
    return lambda call: call.ask("late", str(number))


def _shared_event(call: Conversation) -> object:
    call.send(CLIENT, request("a", "a"), event("log", 1))
    return call.answer("a", 1)


def _shared(call: Conversation) -> object:
    call.send(CLIENT, request("a", "a"), request("b", "b"))
    return call.answer("a", 1).answer("b", 2)


@pytest.mark.parametrize(
    ("steps", "held", "sentence"),
    [
        (
            [_plain(1), _plain(2), _event],
            True,
            "Every message call took 2 packets, every event 1.",
        ),
        ([_plain(1)], True, "Every message call took 2 packets."),
        ([_event, _event], True, "Every event took 1 packet."),
        (
            [_plain(1), _stream(2, 2), _stream(3, 5)],
            False,
            "1 of 3 message calls took 2 packets; 2 took 3 or 6: they are streams.",
        ),
        (
            [_split(1), _split(2), _event],
            False,
            "No message call took 2 packets: all 2 were split. The event took 1.",
        ),
        (
            [_split(1), _event, _event],
            False,
            "The message call took 5 packets, not 2: it was split. Every event took 1.",
        ),
        (
            [_shared, _plain(1)],
            False,
            "Every message call took 2 packets, but 2 of 3 shared one with others.",
        ),
        (
            [_plain(1), _unanswered(2)],
            False,
            "1 of 2 message calls took 2 packets; 1 took 1: it had no reply.",
        ),
        ([_plain(1), _in_flight(2)], True, "Every message call took 2 packets."),
        (
            [_plain(1), _plain(2), _shared_event, _in_flight(2)],
            False,
            (
                "Every message call took 2 packets, but 1 of 3 shared one with others. "
                "The event took 1, shared with others."
            ),
        ),
        (
            [_plain(1), _unanswered(2), _in_flight(3)],
            False,
            "1 of 2 message calls took 2 packets; 1 took 1: it had no reply.",
        ),
        (
            [_plain(1), _split_event],
            False,
            "The message call took 2 packets. The event took 2, not 1: it was split.",
        ),
        (
            [_plain(1), _plain(2), _split_event],
            False,
            "Every message call took 2 packets. The event took 2, not 1: it was split.",
        ),
        (
            [_plain(1), _shared_event],
            False,
            (
                "Every message call took 2 packets, but 1 of 2 shared one with others. "
                "The event took 1, shared with others."
            ),
        ),
        (
            [_unanswered(1)],
            False,
            "The message call took 1 packet, not 2: it had no reply.",
        ),
        (
            [_event, _split_event],
            False,
            "1 of 2 events took 1 packet; 1 took 2: it was split.",
        ),
        (
            [_plain(1), _stream(2, 2), _split(3)],
            False,
            "1 of 3 message calls took 2 packets; 2 took 3 or 5.",
        ),
    ],
)
def test_the_verdict_is_one_plain_sentence(
    steps: list[Callable[[Conversation], object]], sentence: str, *, held: bool
) -> None:
    (verdict,) = judge(_report(*steps))

    assert (verdict.held, verdict.sentence) == (held, sentence)


def test_of_calls_in_flight_alone_there_is_none() -> None:
    assert judge(_report(_in_flight(1))) == []


def test_without_messages_and_events_there_is_none() -> None:
    wire = Wire()
    wire.join().answer("1", 1)

    assert judge(inspected(wire.records).report) == []
    assert judge(inspected([]).report) == []


@pytest.mark.parametrize(
    ("steps", "packets", "words"),
    [
        ([_plain(1)], 2, "request, reply"),
        ([_stream(1, 5)], 6, "stream of 5: #1"),
        ([_stream(1, 2), _stream(2, 2)], 3, "streams of 2: #1–#2"),
        ([_split(1)], 5, "split, 2 + 3: #1"),
        ([_unanswered(1)], 1, "no reply: #1"),
        ([_plain(1), _in_flight(2)], 1, "in flight at the end: #2"),
        (
            [_unanswered(1), _in_flight(2)],
            1,
            "1 no reply: #1; 1 in flight at the end: #2",
        ),
        ([_shared], 2, "shared: #1–#2"),
        ([_shared, _plain(1)], 2, "2 shared: #1–#2"),
    ],
)
def test_why_names_the_reason_and_its_exchanges(
    steps: list[Callable[[Conversation], object]], packets: int, words: str
) -> None:
    report = _report(*steps)
    row = report.packet_rows["tcp", Kind.MESSAGE, packets]

    assert words in why("tcp", Kind.MESSAGE, [row])


def test_an_event_in_one_packet_is_plain() -> None:
    report = _report(_event)

    assert why("tcp", Kind.EVENT, list(report.packet_rows.values())) == "no reply, ever"


def test_four_exchanges_are_named_and_the_rest_counted() -> None:
    steps = [
        step for number in range(8) for step in (_split(number), _plain(number + 50))
    ]
    report = _report(*steps)
    row = report.packet_rows["tcp", Kind.MESSAGE, 5]

    assert why("tcp", Kind.MESSAGE, [row]) == "split, 2 + 3: #1 #3 #5 #7 and 4 more"


@pytest.mark.parametrize(
    ("numbers", "text"),
    [([3], "3"), ([6, 3], "3 or 6"), ([9, 3, 5], "3 to 9"), ([1_200], "1,200")],
)
def test_numbers_of_packets_stand_as_a_range(numbers: list[int], text: str) -> None:
    assert packet_range(numbers) == text


def _over(*rows: tuple[str, Kind, int, dict[int, int]]) -> Report:
    """Return a report on carriers, a connection each: kind, packets, what was due."""
    report = Report()
    for number, carrier in enumerate(dict.fromkeys(row[0] for row in rows), start=1):
        totals = Totals()
        totals.ends[carrier].connections, totals.ends[carrier].first = 1, number
        report.forgotten.merge(totals)
    for carrier, kind, packets, expected in rows:
        row = report.packet_rows[carrier, kind, packets] = PacketRow(packets)
        row.exchanges = row.plain = sum(expected.values())
        row.varied = expected
    return report


def test_each_carrier_has_a_sentence_in_order_of_appearance() -> None:
    report = _over(
        ("nats", Kind.MESSAGE, 5, {5: 3}),
        ("nats", Kind.EVENT, 2, {2: 1}),
        ("tcp", Kind.MESSAGE, 2, {2: 7}),
        ("tcp", Kind.MESSAGE, 3, {2: 1}),
    )

    assert judge(report) == [
        (True, "Over NATS every message call took 5 packets, every event 2."),
        (False, "Over TCP 7 of 8 message calls took 2 packets; 1 took 3."),
    ]


def test_one_carrier_is_named_unless_it_is_tcp() -> None:
    (over_tcp,) = judge(_over(("tcp", Kind.EVENT, 1, {1: 2})))
    (over_nats,) = judge(_over(("nats", Kind.EVENT, 1, {1: 2})))

    assert over_tcp.sentence == "Every event took 1 packet."
    assert over_nats.sentence == "Over NATS every event took 1 packet."


def test_a_carrier_may_need_more_for_some_calls_than_for_others() -> None:
    kept = _over(
        ("rabbitmq", Kind.MESSAGE, 6, {6: 2}), ("rabbitmq", Kind.MESSAGE, 7, {7: 1})
    )
    broken = _over(
        ("rabbitmq", Kind.MESSAGE, 6, {6: 2}),
        ("rabbitmq", Kind.MESSAGE, 7, {7: 1, 6: 2}),
    )

    assert [each.sentence for each in judge(kept)] == [
        "Over RabbitMQ every message call took 6 or 7 packets."
    ]
    assert [(each.held, each.sentence) for each in judge(broken)] == [
        (
            False,
            "Over RabbitMQ 3 of 5 message calls took 6 or 7 packets; 2 took 7.",
        )
    ]


def test_a_carrier_on_which_nothing_is_expected_has_no_verdict() -> None:
    assert judge(_over(("nats", Kind.ORPHAN, 1, {}))) == []


def _sentence(broker: Broker) -> str:
    (verdict,) = judge(inspected(broker.wire.linger().records).report)
    return verdict.sentence


def test_over_a_broker_the_carrier_is_named() -> None:
    broker = Broker()
    worker, caller = broker.worker("sum", "log"), broker.peer()
    for _ in range(2):
        called(caller, worker, value=1)
        emitted(caller, worker)

    assert _sentence(broker) == (
        "Over NATS every message call took 5 packets, every event 2."
    )


@pytest.mark.parametrize(
    ("lacking", "sentence"),
    [
        (
            "handler",
            (
                "every message call took 3 of its 5 packets here, every event 1 of its "
                "2; the handler's side was not captured."
            ),
        ),
        (
            "caller",
            (
                "every message call took 2 of its 5 packets here, every event 1 of its "
                "2; the caller's side was not captured."
            ),
        ),
    ],
)
def test_of_one_side_it_is_said_what_lacks(lacking: str, sentence: str) -> None:
    broker = Broker()
    worker = broker.worker("sum", "log", captured=lacking != "handler")
    caller = broker.peer(captured=lacking != "caller")
    for number in range(2):
        called(caller, worker, value=1)
        emitted(caller, worker, data=number)

    assert _sentence(broker) == f"Over NATS {sentence}"


def test_an_event_that_nobody_is_seen_to_get_is_no_sign_of_a_side() -> None:
    broker = Broker()
    caller, worker = broker.peer(), broker.worker("sum")
    called(caller, worker, value=1)
    emitted(caller)

    assert _sentence(broker) == (
        "Over NATS the message call took 5 packets. The event took 1 of its 2 packets "
        "here; the rest was not captured."
    )


@pytest.mark.parametrize(
    ("calls", "plain", "sentence"),
    [
        (1, 0, "the message call took 11 packets, not 5: it went to several handlers."),
        (2, 0, "no message call took 5 packets: all 2 went to several handlers."),
        (
            2,
            2,
            (
                "2 of 4 message calls took 5 packets; 2 took 11: they went to several "
                "handlers."
            ),
        ),
    ],
)
def test_what_goes_to_several_takes_more(calls: int, plain: int, sentence: str) -> None:
    broker = Broker()
    workers = [broker.worker("sum") for _ in range(3)]
    worker, caller = broker.worker("one"), broker.peer()
    for _ in range(calls):
        called(caller, *workers, value=1)
    for _ in range(plain):
        called(caller, worker, pattern="one", value=1)

    assert _sentence(broker) == f"Over NATS {sentence}"


def test_what_nobody_subscribed_to_takes_less() -> None:
    broker = Broker()
    caller, worker = broker.peer(), broker.worker("sum")
    called(caller, worker, value=1)
    for _ in range(2):
        refused = caller.ask("nope")
        caller.refused(refused).leave(refused)

    assert _sentence(broker) == (
        "Over NATS 1 of 3 message calls took 5 packets; 2 took 3: nobody had "
        "subscribed."
    )
