"""How an exchange passed over a broker: stages, times and sides, from its hops."""

from __future__ import annotations

import pytest

from inspector.calls.passages import Hop, Leg, Passage, Service, Way
from inspector.streams.connections import Connection, Direction
from inspector.streams.endpoints import Endpoint
from inspector.streams.packets import DataPacket

_WAYS = {
    "asked": (Leg.REQUEST, Way.IN),
    "taken": (Leg.REQUEST, Way.OUT),
    "answered": (Leg.REPLY, Way.IN),
    "got": (Leg.REPLY, Way.OUT),
}


def _connection(
    number: int, client: int | None = 0, host: str = "10.0.0.1"
) -> Connection:
    ends = Endpoint(host, number), Endpoint("10.0.0.9", 4222)
    connection = Connection(number, ends if client == 0 else ends[::-1], 1, 0)
    connection.directions = Direction(connection, 0), Direction(connection, 1)
    connection.client = client
    return connection


def _hop(stage: str, time_ns: int, connection: Connection, **said: bool) -> Hop:
    leg, way = _WAYS[stage]
    direction = connection.directions[way is Way.OUT]
    records = [DataPacket(time_ns, time_ns, 0, 1)]
    return Hop(leg, way, direction, records, time_ns, "sum", **said)  # type: ignore[arg-type]


CALLER, HANDLER, OTHER = (_connection(number) for number in (1, 2, 3))
AWAY, FAR = _connection(4, host="10.0.0.2"), _connection(5, host="10.0.0.3")


def _passage(*hops: Hop, **said: bool | int) -> Passage:
    return Passage("sum", "inbox", list(hops), **said)  # type: ignore[arg-type]


def _plain() -> Passage:
    return _passage(
        _hop("asked", 10, CALLER),
        _hop("taken", 30, HANDLER),
        _hop("answered", 70, HANDLER),
        _hop("got", 150, CALLER),
        asked=True,
        served=True,
    )


def test_each_stage_takes_its_time() -> None:
    passage = _plain()

    assert (passage.queue_ns, passage.handler_ns, passage.return_ns) == (20, 40, 80)
    assert passage.handlers == [Endpoint("10.0.0.1", 2)]


def test_the_first_of_each_stage_counts_and_the_handler_that_answered() -> None:
    passage = _passage(
        _hop("asked", 10, CALLER),
        _hop("taken", 20, OTHER),
        _hop("taken", 30, HANDLER),
        _hop("taken", 35, HANDLER),
        _hop("answered", 70, HANDLER),
        _hop("answered", 75, OTHER),
        _hop("got", 78, OTHER, overheard=True),
        _hop("got", 80, CALLER),
        _hop("got", 90, CALLER),
    )

    assert (passage.queue_ns, passage.handler_ns, passage.return_ns) == (10, 40, 10)
    assert [each.port for each in passage.handlers] == [3, 2]


@pytest.mark.parametrize(
    ("had", "handler_ns"),
    [
        ([HANDLER], 40),  # it was the only one
        ([HANDLER, AWAY], 40),  # it alone was there
        ([AWAY, HANDLER], 40),
        ([HANDLER, CALLER], None),  # either may have
        ([AWAY], 40),
        ([AWAY, FAR], None),  # neither was there
        ([HANDLER, HANDLER], 40),  # twice, and it answers to the first
    ],
)
def test_a_handler_that_has_reconnected_answers_to_what_it_had_before(
    had: list[Connection], handler_ns: int | None
) -> None:
    taken = [_hop("taken", 30, each) for each in had]
    passage = _passage(*taken, _hop("answered", 70, OTHER))

    assert passage.handler_ns == handler_ns


def test_further_packets_are_those_after_the_first_of_each_unit() -> None:
    passage = _plain()
    errand = [DataPacket(number, 1, 0, 1) for number in (1, 2, 3)]
    passage.hops[0].records *= 2

    assert passage.further_packets == 1

    passage.errands.append(Service("SUB", CALLER.directions[0], errand))

    assert passage.further_packets == 3


def test_a_stage_without_one_of_its_ends_has_no_time() -> None:
    hops = _plain().hops
    times = [
        (passage.queue_ns, passage.handler_ns, passage.return_ns)
        for lacking in range(4)
        for passage in [_passage(*hops[:lacking], *hops[lacking + 1 :])]
    ]

    assert times == [
        (None, 40, 80),
        (None, None, 80),
        (20, None, None),
        (20, 40, None),
    ]


def test_times_that_contradict_the_order_are_none() -> None:
    passage = _passage(_hop("asked", 31, CALLER), _hop("taken", 30, HANDLER))
    level = _passage(_hop("asked", 30, CALLER), _hop("taken", 30, HANDLER))

    assert (passage.queue_ns, level.queue_ns) == (None, 0)


@pytest.mark.parametrize(
    ("stage", "serves"),
    [("asked", False), ("taken", True), ("answered", True), ("got", False)],
)
def test_who_is_handed_requests_serves(stage: str, *, serves: bool) -> None:
    passage = _passage(_hop(stage, 1, HANDLER))

    assert passage.serves(HANDLER) is serves
    assert not passage.serves(OTHER)


def test_who_only_overhears_does_not_serve_and_the_first_hop_decides() -> None:
    heard = _passage(_hop("got", 1, OTHER, overheard=True), _hop("taken", 2, OTHER))
    both = _passage(_hop("asked", 1, CALLER), _hop("taken", 2, CALLER))

    assert heard.serves(OTHER)
    assert not both.serves(CALLER)


@pytest.mark.parametrize(
    ("asked", "served", "unwanted", "one_sided"),
    [
        (True, True, False, False),
        (True, False, False, True),
        (False, True, False, True),
        (True, False, True, False),
    ],
)
def test_one_side_alone_was_captured_unless_there_is_no_other(
    *, asked: bool, served: bool, unwanted: bool, one_sided: bool
) -> None:
    passage = _passage(asked=asked, served=served, unwanted=unwanted)

    assert passage.one_sided is one_sided
    assert not one_sided or not passage.plain


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("reached", 2),
        ("surplus_in", 1),
        ("surplus_out", 1),
        ("overheard", 1),
        ("again", 1),
        ("asked", False),
        ("served", False),
    ],
)
def test_whatever_is_besides_is_not_plain(name: str, value: int) -> None:
    passage = _plain()
    assert passage.plain
    setattr(passage, name, value)
    assert passage.plain is False


def test_what_is_surplus_was_handed_in_or_on() -> None:
    assert _passage(surplus_in=2, surplus_out=1).surplus == 2
    assert _passage(surplus_in=1, surplus_out=2).surplus == 2


def test_units_in_a_packet_are_hops_and_errands() -> None:
    passage = _plain()
    packet = passage.hops[0].records[0]
    passage.hops[1].records = [DataPacket(99, 1, 0, 1), packet, packet]
    service = Service("SUB", CALLER.directions[0], [packet])
    passage.errands.append(service)

    assert passage.units_by_packet()[id(packet)] == 3
    equal = DataPacket(10, 10, 0, 1)
    assert passage.units_by_packet()[id(equal)] == 0  # which is another


@pytest.mark.parametrize("client", [0, 1, None])
def test_an_errand_goes_to_the_broker_from_the_peer(client: int | None) -> None:
    connection = _connection(5, client)
    peer, broker = connection.directions[:: -1 if client else 1]

    assert Service("SUB", peer, []).way is Way.IN
    assert Service("503", broker, []).way is Way.OUT
    assert Hop(Leg.REPLY, Way.IN, peer, [], 1, "a").peer == connection.client_endpoint


@pytest.mark.parametrize(
    ("port", "supposed", "proved", "doubtful"),
    [
        (1883, True, 0, False),
        (40_000, True, 0, True),
        (40_000, False, 0, False),
        (1883, True, 1, True),
    ],
)
def test_a_way_is_a_guess_if_ports_are_all_that_shows_it_and_do_not(
    port: int, *, supposed: bool, proved: int, doubtful: bool
) -> None:
    ends = Endpoint("10.0.0.1", 50_000), Endpoint("10.0.0.9", port)
    connection = Connection(1, ends, 1, 0)
    connection.directions = Direction(connection, 0), Direction(connection, 1)
    connection.client, connection.supposed = 0, supposed
    hop = _hop("asked", 10, connection)
    connection.client = proved

    assert hop.is_supposed == doubtful
