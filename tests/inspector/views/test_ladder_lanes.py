"""Who asks stands left, who answers right, and a broker between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.calls.participants import participants
from inspector.journal import Journal
from inspector.pipeline import Pipeline
from inspector.streams.names import Names
from inspector.views.ladder_lanes import Lanes, speaker_name
from inspector.views.ladder_rows import Arrow, Ladder
from tests.inspector.brokered import install, over_hare
from tests.inspector.conversation import SERVER, Wire, response
from tests.inspector.over_nats import Broker, called

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def _arrows(wire: Wire) -> list[Arrow]:
    journal = Journal()
    read = journal.read(Pipeline(taps=[journal]).inspect(wire.records))
    return [row for row in Ladder().rows(read) if isinstance(row, Arrow)]


def _names(
    arrows: Sequence[Arrow], names: Mapping[str, str] | None = None, width: int = 100
) -> list[str]:
    for arrow in arrows:
        arrow.connection.names = Names(names)
    return [lane.name for lane in Lanes(arrows, width).lanes]


def _wire(*ends: tuple[str, str]) -> Wire:
    wire = Wire()
    for client, server in ends:
        wire.connect(client=client, server=server).ask("sum", "1").answer("1", 1)
    return wire


@pytest.mark.parametrize(
    ("ends", "names"),
    [
        ([("10.0.0.1:4", "10.0.0.2:80")], ["client :4", "server :80"]),
        (
            [("10.0.0.1:4", "10.0.0.2:80"), ("10.0.0.1:5", "10.0.0.2:80")],
            ["client", "server :80"],
        ),
        (
            [("10.0.0.1:4", "10.0.0.2:80"), ("10.0.0.3:5", "10.0.0.2:80")],
            ["10.0.0.1", "10.0.0.3", "server :80"],
        ),
        (
            [("10.0.0.1:4", "10.0.0.2:80"), ("10.0.0.1:5", "10.0.0.2:81")],
            ["client", ":80", ":81"],
        ),
    ],
)
def test_lanes_have_the_shortest_names_that_tell_them_apart(
    ends: list[tuple[str, str]], names: list[str]
) -> None:
    assert _names(_arrows(_wire(*ends))) == names


def test_a_server_has_the_name_that_it_is_given() -> None:
    arrows = _arrows(_wire(("10.0.0.1:4", "10.0.0.2:80")))

    assert _names(arrows, {":80": "calc", ":4": "no server"}) == [
        "client :4",
        "calc :80",
    ]
    assert _names(arrows, {"10.0.0.1": "gateway"}) == ["gateway", "server :80"]
    assert _names(arrows, {"10.0.0.2:80": "orders"}) == ["client :4", "orders :80"]


def test_lanes_stand_from_the_first_cell_to_the_last() -> None:
    arrows = _arrows(
        _wire(("10.0.0.1:4", "10.0.0.2:80"), ("10.0.0.1:5", "10.0.0.2:81"))
    )
    found = Lanes(arrows, 61).lanes

    assert [lane.place for lane in found] == [0, 30, 60]
    assert [lane.group.members[0].key for lane in found] == [
        "10.0.0.1",
        "10.0.0.2:80",
        "10.0.0.2:81",
    ]


def test_those_for_whom_is_no_room_share_a_lane() -> None:
    ends = [("10.0.0.1:4", f"10.0.0.2:{port}") for port in range(80, 85)]
    arrows = _arrows(_wire(*ends, ends[2], ends[2]))

    assert _names(arrows, width=43) == ["client", ":82", "4 others"]
    assert _names(arrows, width=1) == ["client", "5 servers"]
    assert list(Lanes(arrows, 43).legend()) == [
        ("4 others", "10.0.0.2:80 10.0.0.2:81 10.0.0.2:83 10.0.0.2:84")
    ]


def test_servers_of_several_hosts_have_their_addresses() -> None:
    ends = [("10.0.0.1:4", "10.0.0.2:80"), ("10.0.0.1:5", "10.0.0.3:80")]

    assert _names(_arrows(_wire(*ends))) == ["client", "10.0.0.2:80", "10.0.0.3:80"]


def test_who_comes_late_stands_with_the_like_and_says_who_it_is() -> None:
    ends = [("10.0.0.1:4", "10.0.0.2:80"), ("10.0.0.9:5", "10.0.0.8:81")]
    early, late = (_arrows(_wire(end)) for end in ends)
    lanes = Lanes(early, 40)
    client, server = participants(late[0].connection)

    assert [lanes.place(client), lanes.place(server)] == [0, 39]
    assert [lanes.told(client), lanes.told(server)] == ["10.0.0.9", "10.0.0.8:81"]
    assert lanes.told(participants(early[0].connection)[0]) == ""


def test_a_broker_stands_between_who_asks_and_who_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install(monkeypatch)
    wire, broker = Wire(), "10.0.0.9:42"
    worker = wire.connect(client="10.0.0.3:5", server=broker)
    asking = wire.connect(client="10.0.0.1:4", server=broker)
    asking.ask("sum", "1")
    worker.send(SERVER, response("1", 1))
    arrows = _arrows(wire)
    over_hare(*(arrow.connection for arrow in arrows))

    assert _names(arrows) == ["client 10.0.0.1", "HareMQ :42", "handler 10.0.0.3"]
    assert _names(arrows, {":42": "queue", ":5": "worker"}) == [
        "client 10.0.0.1",
        "queue :42",
        "worker :5",
    ]


def test_peers_on_one_host_are_told_apart_by_their_ports() -> None:
    broker = Broker(endpoint="127.0.0.1:4222")
    worker = broker.worker("sum", group="workers", endpoint="127.0.0.1:5")
    other = broker.worker("sum", group="workers", endpoint="127.0.0.1:6")
    client = broker.peer("127.0.0.1:4")
    called(client, worker, value=1)
    called(client, other, value=1)

    names = ["client :4", "NATS :4222", "handler :5", "handler :6"]
    assert _names(_arrows(broker.wire)) == names


def test_one_peer_on_the_left_needs_no_word_that_tells_it_apart() -> None:
    broker = Broker()
    workers = [broker.worker("sum") for _ in range(6)]
    called(broker.peer(), *workers, value=1)
    arrows = _arrows(broker.wire)
    lanes = Lanes(arrows, 60)
    asking = next(each for each in arrows if each.exchange_kind == "request")
    client, _ = participants(asking.connection)

    assert lanes.told(client) == ""
    assert [lane.name for lane in lanes.lanes][-1] == "6 handlers"


def test_a_name_tells_who_it_is_whoever_else_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install(monkeypatch)
    (arrow, *_) = _arrows(_wire(("10.0.0.1:4", "10.0.0.2:80")))

    def named(**names: str) -> list[str]:
        arrow.connection.names = Names({f":{key[1:]}": names[key] for key in names})
        return list(map(speaker_name, participants(arrow.connection)))

    assert named(_4="x") == ["client 10.0.0.1", "server :80"]
    assert named(_80="calc") == ["client 10.0.0.1", "calc :80"]
    over_hare(arrow.connection)

    assert named() == ["client :4", "HareMQ :80"]
    assert named(_4="x", _80="queue") == ["x :4", "queue :80"]
