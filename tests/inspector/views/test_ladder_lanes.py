"""Who asks stands left, who answers right, and a broker between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from inspector.calls.participants import participants
from inspector.journal import Journal
from inspector.pipeline import Pipeline
from inspector.streams.names import Names
from inspector.views.ladder_lanes import lanes, speaker_name
from inspector.views.ladder_rows import Arrow, Ladder
from tests.inspector.brokered import install, over_hare
from tests.inspector.conversation import SERVER, Wire, response

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
    return [lane.name for lane in lanes(arrows, width)]


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


def test_a_name_that_is_given_stays_in_its_lane() -> None:
    arrows = _arrows(_wire(("10.0.0.1:4", "10.0.0.2:80")))
    names = {"10.0.0.1": "a gateway of many words", ":80": "求和" * 20}

    client, server = _names(arrows, names, width=30)
    assert client == "a gateway of …"
    assert server.startswith("求和")
    assert cell_len(server) <= 14
    assert cell_len(server) < cell_len(names[":80"])


def test_lanes_stand_from_the_first_cell_to_the_last() -> None:
    arrows = _arrows(
        _wire(("10.0.0.1:4", "10.0.0.2:80"), ("10.0.0.1:5", "10.0.0.2:81"))
    )
    found = lanes(arrows, 61)

    assert [lane.place for lane in found] == [0, 30, 60]
    assert [lane.speaker for lane in found] == [
        "10.0.0.1",
        "10.0.0.2:80",
        "10.0.0.2:81",
    ]


def test_the_last_lane_counts_those_for_whom_is_no_room() -> None:
    ends = [("10.0.0.1:4", f"10.0.0.2:{port}") for port in range(80, 85)]

    arrows = _arrows(_wire(*ends))
    assert _names(arrows, width=43) == ["client", ":80", ":81 and 3 more"]
    assert _names(arrows, width=1) == ["client", ":80 and 4 more"]


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

    assert _names(arrows) == ["client :4", "HareMQ :42", "client :5"]
    assert _names(arrows, {":42": "queue", ":5": "worker"}) == [
        "client :4",
        "queue :42",
        "worker :5",
    ]


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
