"""Who shares a lane: those who ask first, then those who answer least."""

from __future__ import annotations

import pytest

from inspector.calls.participants import Participant
from inspector.streams.endpoints import Endpoint
from inspector.views.ladder_folding import (
    ANSWERS,
    ASKS,
    BETWEEN,
    Group,
    Speaker,
    fold,
    members_listed,
    tell_apart,
)


def _client(host: str) -> Participant:
    return Participant("client", "client", host, Endpoint(host, 40_000))


def _server(host: str, port: int = 8888) -> Participant:
    return Participant("server", "server", f"{host}:{port}", Endpoint(host, port))


def _speakers(clients: int, servers: int, **own: int) -> list[Speaker]:
    """Return speakers; ``s2=9`` gives the second server nine exchanges."""
    asking = [Speaker(_client(f"10.0.0.{i}"), ASKS) for i in range(1, clients + 1)]
    return asking + [
        Speaker(_server(f"10.0.1.{i}"), ANSWERS, exchanges=own.get(f"s{i}", 1))
        for i in range(1, servers + 1)
    ]


def _told(groups: list[Group]) -> list[str]:
    return [
        each.title if each.noun and len(each.members) > 1 else each.members[0].key
        for each in groups
    ]


def test_nobody_shares_a_lane_where_there_is_room() -> None:
    groups = fold(_speakers(2, 2), 4)

    assert [len(each.members) for each in groups] == [1, 1, 1, 1]


def test_all_clients_share_a_lane_before_any_server_does() -> None:
    assert _told(fold(_speakers(4, 2), 5)) == [
        "4 clients",
        "10.0.1.1:8888",
        "10.0.1.2:8888",
    ]


def test_the_server_with_most_exchanges_keeps_its_lane() -> None:
    groups = fold(_speakers(4, 4, s3=5), 3)

    assert _told(groups) == ["4 clients", "10.0.1.3:8888", "3 others"]


def test_a_server_with_findings_keeps_its_lane_before_that() -> None:
    speakers = _speakers(4, 4, s3=5)
    speakers[4] = speakers[4]._replace(trouble=True)

    assert _told(fold(speakers, 3)) == ["4 clients", "10.0.1.1:8888", "3 others"]


def test_servers_share_one_lane_where_one_of_them_would_tell_little() -> None:
    assert _told(fold(_speakers(4, 8), 3)) == ["4 clients", "8 servers"]
    assert _told(fold(_speakers(4, 4, s3=5), 2)) == ["4 clients", "4 servers"]


def test_a_broker_keeps_its_lane() -> None:
    broker = Participant("broker", "HareMQ", "10.0.2.1:42", Endpoint("10.0.2.1", 42))
    speakers = [*_speakers(9, 9)]
    speakers.insert(9, Speaker(broker, BETWEEN))

    told = ["9 clients 10.0.0.*", "10.0.2.1:42", "9 servers 10.0.1.*:8888"]
    assert _told(fold(speakers, 2)) == told


@pytest.mark.parametrize(
    ("members", "ends"),
    [
        ([_client("10.0.0.7"), _client("10.0.0.8")], [".7", ".8"]),
        ([_client("10.0.0.7"), _client("10.0.1.7")], [".0.7", ".1.7"]),
        ([_client("gateway"), _client("orders")], ["gateway", "orders"]),
        ([_server("10.0.0.7", 1), _server("10.0.0.8", 2)], [".7", ".8"]),
        ([_server("10.0.0.7", 1), _server("10.0.0.7", 2)], [":1", ":2"]),
        (
            [_server("10.0.0.7", 1), _server("10.0.0.7", 2), _server("10.0.0.8", 1)],
            [".7:1", ".7:2", ".8:1"],
        ),
    ],
)
def test_ends_of_addresses_tell_members_apart(
    members: list[Participant], ends: list[str]
) -> None:
    assert tell_apart(members) == ends


def test_names_tell_members_apart_where_all_have_one() -> None:
    first, second = _server("10.0.0.7", 1), _server("10.0.0.7", 2)
    calc, log = first._replace(name="calc"), second._replace(name="log")

    assert tell_apart([calc, log]) == ["calc", "log"]
    assert tell_apart([calc, second]) == [":1", ":2"]
    assert tell_apart([calc, log._replace(name="calc")]) == [":1", ":2"]
    assert members_listed(Group((calc, log), ANSWERS, "other")) == "calc log"


def test_members_are_listed_by_what_they_do_not_share() -> None:
    clients = Group((_client("10.0.0.7"), _client("10.0.0.8")), ASKS, "client")
    alike = Group((_server("10.0.0.7"), _server("10.0.0.8")), ANSWERS, "other")
    unlike = Group((_server("10.0.0.7", 1), _server("10.0.0.8", 2)), ANSWERS, "other")

    assert members_listed(clients) == "10.0.0.7 .8"
    assert members_listed(alike) == "10.0.0.7:8888 .8"
    assert members_listed(unlike) == "10.0.0.7:1 10.0.0.8:2"
