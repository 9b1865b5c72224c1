"""Nobody had an event only where the capture has all who may have had it."""

from __future__ import annotations

import pytest

from inspector.calls.exchanges import Outcome
from inspector.calls.joining import audiences
from inspector.calls.joining.audiences import Audiences
from inspector.calls.reasons import reasons_of
from inspector.carriers.audiences import Interest, Introduction
from inspector.carriers.nats.subjects import covers
from inspector.streams.connections import Connection, Direction, Ending
from inspector.streams.endpoints import Endpoint
from tests.inspector.conversation import CLIENT, SECOND, Wire, inspected
from tests.inspector.over_nats import Broker, Peer, called, publish


def _outcome(broker: Broker, number: int = 1) -> Outcome | None:
    exchanges = inspected(broker.wire.linger().records).exchanges
    return exchanges[number - 1].outcome


def test_an_event_that_nobody_subscribed_to_is_undelivered() -> None:
    broker = Broker(numbered=True)
    broker.worker("other", "log.*")
    broker.peer().emit("log", 1)
    (event,) = inspected(broker.wire.linger().records).exchanges

    assert event.outcome is Outcome.UNDELIVERED
    assert reasons_of(event) == ["nobody subscribed"]
    assert event.packets == 1


@pytest.mark.parametrize("subject", ["log", "*", ">"])
def test_one_that_somebody_subscribed_to_is_sent(subject: str) -> None:
    broker = Broker(numbered=True)
    broker.worker("other", subject)
    broker.peer().emit("log", 1)

    assert _outcome(broker) is Outcome.SENT


def test_one_that_was_delivered_is_sent_whatever_was_subscribed_to() -> None:
    broker = Broker(numbered=True)
    worker = broker.worker("other")
    worker.take(broker.peer().emit("log", 1))

    assert _outcome(broker) is Outcome.SENT


@pytest.mark.parametrize("way", ["close", "reset", "unsub"])
def test_who_has_left_has_nothing_any_more(way: str) -> None:
    broker = Broker(numbered=True)
    worker, caller = broker.worker("log"), broker.peer()
    if way == "close":
        worker.close()
    elif way == "reset":
        worker.line.reset(CLIENT)
    else:
        worker.say(b"UNSUB %d\r\n" % worker.numbers["log"])
    caller.emit("log", 1)
    broker.worker("log")

    assert _outcome(broker) is Outcome.UNDELIVERED


def test_who_leaves_after_so_many_messages_may_still_have_one() -> None:
    broker = Broker(numbered=True)
    worker, caller = broker.worker("log"), broker.peer()
    worker.say(b"UNSUB %d 5\r\n" % worker.numbers["log"])
    caller.emit("log", 1)

    assert _outcome(broker) is Outcome.SENT


def test_who_subscribes_later_had_nothing_before() -> None:
    broker = Broker(numbered=True)
    worker, caller = broker.worker("other"), broker.peer()
    caller.emit("log", 1)
    worker.subscribe("log")
    caller.emit("log", 2)

    assert _outcome(broker, 1) is Outcome.UNDELIVERED
    assert _outcome(broker, 2) is Outcome.SENT


@pytest.mark.parametrize("lacking", ["first", "between", "last", "all others"])
def test_a_connection_that_was_not_captured_may_have_had_it(lacking: str) -> None:
    broker = Broker(numbered=True)
    if lacking == "first":
        broker.worker("log", captured=False)
    workers = [broker.worker("other", captured=lacking != "all others")]
    if lacking == "between":
        broker.worker("log", captured=False)
    caller = broker.peer()
    caller.emit("log", 1)
    if lacking == "last":
        broker.peer(captured=False)
        broker.peer()

    assert len(workers) == 1
    assert _outcome(broker) is Outcome.SENT


def test_a_capture_of_callers_alone_shows_no_audience() -> None:
    broker = Broker(numbered=True)
    caller, other = broker.worker("own"), broker.peer()
    other.emit("own", 1)
    caller.emit("log", 1)

    assert [_outcome(broker, number) for number in (1, 2)] == [Outcome.SENT] * 2


def test_a_connection_that_was_open_before_the_capture_may_have_had_it() -> None:
    broker = Broker(numbered=True)
    broker.worker("other")
    broker.peer(whole=False).say(b"PING\r\n")
    broker.peer().emit("log", 1)

    assert _outcome(broker) is Outcome.SENT


@pytest.mark.parametrize(
    "said",
    [
        {"jetstream": True},
        {"cluster": "here"},
        {"version": "2.1.0"},
        {"version": "new"},
        {"server_id": 5},
        {"client_id": "4"},
    ],
)
def test_where_others_may_have_had_it_nothing_is_said(said: dict[str, object]) -> None:
    broker = Broker(numbered=True)
    broker.worker("other")
    peer = Peer(broker.wire.connect(client="10.0.7.7:7", server=broker.endpoint))
    peer.info = {"server_id": broker.endpoint, "client_id": 5, "version": "2.10"} | said
    peer.greet().emit("log", 1)

    assert _outcome(broker) is Outcome.SENT


@pytest.mark.parametrize("lost", [True, False])
def test_bytes_that_the_capture_lacks_may_have_been_a_subscription(
    *, lost: bool
) -> None:
    broker = Broker(numbered=True)
    worker = broker.worker("other")
    worker.line.send(CLIENT, worker.sub("log"), captured=not lost)
    worker.say(b"PING\r\n")
    broker.peer().emit("log" if lost else "lag", 1)

    assert _outcome(broker) is (Outcome.SENT if lost else Outcome.UNDELIVERED)


def test_what_is_encrypted_may_be_a_subscription() -> None:
    broker = Broker(numbered=True)
    broker.worker("other")
    secret = Peer(broker.wire.connect(client="10.0.7.7:7", server=broker.endpoint))
    secret.hear(
        b'INFO {"server_id":"%b","client_id":5,"version":"2.9.1"}\r\n'
        % broker.endpoint.encode()
    )
    secret.say(b"\x16\x03\x01\x02\x00" + b"c" * 50)
    broker.peers.append(secret)
    broker.peer().emit("log", 1)

    assert _outcome(broker) is Outcome.SENT


def test_one_to_where_replies_are_expected_may_reach_who_expects_them() -> None:
    broker = Broker(numbered=True)
    worker, caller = broker.worker("sum"), broker.peer()
    asked = caller.ask("sum", 1, inbox="mine.AAAAAAAAAAAAAAAAAAAAA9")
    worker.take(asked)
    assert asked.inbox is not None
    broker.peer().say(publish(asked.inbox, b'{"pattern":"log"}'))
    events = [
        each
        for each in inspected(broker.wire.linger().records).exchanges
        if each.kind == "event"
    ]

    assert [each.outcome for each in events] == [Outcome.SENT]


def test_a_server_that_began_anew_counts_anew() -> None:
    wire = Wire()
    before, after = Broker(wire, numbered=True), Broker(wire, numbered=True)
    called(before.peer(), before.worker("log"))
    after.endpoint = "10.0.0.9:4222"
    for number, subjects in ((4, ("other",)), (5, ())):
        peer = Peer(wire.connect(client=f"10.0.5.{number}:1", server=after.endpoint))
        peer.info = {"server_id": "NC2", "client_id": number, "version": "2.9.10"}
        peer.greet()
        if subjects:
            peer.subscribe(*subjects)
    peer.emit("log", 1)

    assert _outcome(after, 2) is Outcome.UNDELIVERED


# What follows is about the bounds, without a capture.


def _connection(number: int) -> Connection:
    ends = Endpoint("10.0.0.1", number), Endpoint("10.0.0.9", 4222)
    connection = Connection(number, ends, 1, 1)
    connection.directions = Direction(connection, 0), Direction(connection, 1)
    for each in connection.directions:
        each.from_start = True
    connection.client = 0
    return connection


def _met(count: int, *, over: bool = False) -> tuple[Audiences, list[Connection]]:
    """Return what is known where so many have connected, the first to ``other``."""
    known, connections = (
        Audiences(),
        [_connection(each) for each in range(1, count + 1)],
    )
    for each in connections:
        known.note(each, Introduction("N", each.number, 0), SECOND)
        if each.number == 1:
            known.note(each, Interest("1", "other"), SECOND)
        elif over and each is not connections[-1]:
            each.ending = Ending(0, reset=False, packet=1, time_ns=SECOND)
    return known, connections


def test_of_many_connections_only_those_that_are_over_are_forgotten() -> None:
    most = audiences.MAX_CONNECTIONS
    for count, over, nobody in (
        (most, False, True),
        (most + 1, False, False),
        (3 * most, True, True),
    ):
        known, connections = _met(count, over=over)

        assert known.nobody(connections[-1], "log", 2 * SECOND) is nobody
        assert not known.nobody(connections[-1], "other", 2 * SECOND)


def test_who_was_not_captured_from_its_beginning_may_have_subscribed_before() -> None:
    known, (first, sender) = _met(2)
    first.directions[0].from_start = False
    assert not known.nobody(sender, "log", SECOND)

    first.ending = Ending(0, reset=False, packet=1, time_ns=SECOND)
    assert known.nobody(sender, "log", SECOND)


def test_numbers_far_ahead_are_not_waited_for_without_end() -> None:
    known, (first, sender) = _met(2)
    for number in range(audiences.MAX_CONNECTIONS + 1):
        gone = _connection(10 + number)
        gone.ending = Ending(0, reset=False, packet=1, time_ns=SECOND)
        known.note(gone, Introduction("N", 10 + number, 0), SECOND)
    for number in range(3, 10):
        known.note(_connection(number), Introduction("N", number, 0), SECOND)

    assert first.number == 1
    assert not known.nobody(sender, "log", SECOND)


def test_numbers_may_come_in_another_order_and_twice() -> None:
    known, (first, sender) = _met(2)
    third, fourth = _connection(3), _connection(4)
    known.note(fourth, Introduction("N", 4, 0), SECOND)
    assert not known.nobody(sender, "log", SECOND)
    known.note(third, Introduction("N", 3, 0), SECOND)
    known.note(first, Introduction("N", 1, 0), SECOND)

    assert known.nobody(sender, "log", SECOND)
    assert not known.nobody(sender, "other", SECOND)


def test_interests_that_are_long_over_make_room_for_others() -> None:
    known, (first, sender) = _met(2)
    time_ns = SECOND
    for number in range(audiences.MAX_INTERESTS + 10):
        time_ns += SECOND
        known.note(first, Interest(f"a{number}", f"c{number}"), time_ns)
        known.note(first, Interest(f"a{number}"), time_ns + 1)

    assert known.nobody(sender, "log", time_ns)
    assert not known.nobody(sender, "other", time_ns)
    assert not known.nobody(sender, f"c{number}", time_ns)
    assert known.nobody(sender, f"c{number}", time_ns + 1)
    assert known.nobody(sender, f"c{number}", time_ns - 1)


def test_where_there_are_too_many_interests_nothing_is_said() -> None:
    known, (first, sender) = _met(2)
    for number in range(audiences.MAX_INTERESTS):
        if number in {0, audiences.MAX_INTERESTS - 1}:
            assert known.nobody(sender, "log", SECOND)
        known.note(first, Interest(f"a{number}", f"c{number}", covers), SECOND)

    assert not known.nobody(sender, "log", SECOND)


def test_a_number_that_is_used_again_ends_what_it_stood_for() -> None:
    known, (first, sender) = _met(2)
    known.note(
        first,
        Interest("1", "lo*", lambda _, channel: channel.startswith("lo")),
        2 * SECOND,
    )

    assert known.nobody(sender, "log", 2 * SECOND - 1)
    assert not known.nobody(sender, "log", 2 * SECOND)
    assert not known.nobody(sender, "other", 2 * SECOND - 1)
    assert known.nobody(sender, "other", 2 * SECOND)


def test_of_few_brokers_who_their_audience_is_is_known() -> None:
    known, (_, sender) = _met(2)
    others = [_connection(each) for each in range(3, audiences.MAX_BROKERS + 4)]
    for each in others:
        for peer, number in ((_connection(1_000 + each.number), 1), (each, 2)):
            known.note(peer, Introduction(f"B{each.number}", number, 0), SECOND)
            known.note(peer, Interest("1", "other"), SECOND)

    assert known.nobody(sender, "log", SECOND)
    assert [known.nobody(each, "log", SECOND) for each in others] == [
        *[True] * (audiences.MAX_BROKERS - 1),
        False,
        False,
    ]


def test_what_one_says_who_was_not_introduced_is_not_heeded() -> None:
    known, (_, sender) = _met(2)
    stranger = _connection(9)
    known.note(stranger, Interest("1", "log"), SECOND)
    known.note(stranger, Introduction(elsewhere=True), SECOND)

    assert known.nobody(sender, "log", SECOND)
    assert not known.nobody(stranger, "log", SECOND)


def test_the_limits_are_those_that_are_meant() -> None:
    assert (audiences.MAX_CONNECTIONS, audiences.MAX_BROKERS) == (256, 64)
    assert audiences.MAX_INTERESTS == 4_096


def test_what_was_asked_before_is_known_anew_with_each_interest() -> None:
    known, (first, sender) = _met(2)
    assert known.nobody(sender, "log", 2 * SECOND)
    known.note(first, Interest("2", "log"), 2 * SECOND)
    assert not known.nobody(sender, "log", 2 * SECOND)
    known.note(first, Interest("2"), 3 * SECOND)

    assert not known.nobody(sender, "log", 3 * SECOND - 1)
    assert known.nobody(sender, "log", 3 * SECOND)


def test_of_a_number_that_is_used_often_each_interest_has_its_time() -> None:
    known, (first, sender) = _met(2)
    for since in (2, 3, 4):
        known.note(first, Interest("2", f"c{since}"), since * SECOND)
    known.note(first, Interest("2"), 5 * SECOND)

    heard = [
        [not known.nobody(sender, f"c{each}", time * SECOND) for time in range(1, 6)]
        for each in (2, 3, 4)
    ]
    assert heard == [
        [False, True, False, False, False],
        [False, False, True, False, False],
        [False, False, False, True, False],
    ]


def test_who_is_over_is_remembered_for_what_came_before() -> None:
    known, (_, gone, sender) = _met(3)
    known.note(gone, Interest("1", "log"), SECOND)
    gone.ending = Ending(0, reset=False, packet=1, time_ns=5 * SECOND)
    known.note(_connection(4), Introduction("N", 4, 0), 6 * SECOND)

    assert not known.nobody(sender, "log", 3 * SECOND)
    assert known.nobody(sender, "log", 5 * SECOND)
