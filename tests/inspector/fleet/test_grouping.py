from __future__ import annotations

from inspector.fleet.grouping import groups_of, without_shared
from inspector.fleet.report import Speakers, View
from inspector.fleet.scopes import Scope
from inspector.fleet.trails import Readdressed, Trail
from inspector.streams.endpoints import Endpoint


def test_one_host_by_itself_is_in_no_group() -> None:
    views = [
        View(("a",), [Speakers("10.0.0.1", "10.0.0.2", "tcp", 1)]),
        View(("b",), [Speakers("10.0.0.1", "10.0.0.2", "tcp", 1)]),
        View(("c",), [Speakers("10.0.0.3", "10.0.0.4", "tcp", 1)]),
    ]
    (group,) = groups_of(views)

    assert (group.sources, group.scopes) == (
        ("a", "b"),
        (Scope("10.0.0.1", "10.0.0.2"),),
    )


def test_brokers_that_are_one_are_one_group() -> None:
    one, other = Endpoint("10.0.0.1", 4222), Endpoint("10.0.0.2", 4222)
    views = [
        View(("a",), [Speakers(str(one), "", "nats", 1)]),
        View(("b",), [Speakers(str(other), "", "nats", 1)]),
    ]

    assert groups_of(views) == []
    (group,) = groups_of(views, {one: one, other: one})
    assert group.scopes == (Scope(str(one)), Scope(str(other)))


def _flow(client: int, server: int) -> bytes:
    return bytes([10, 0, 0, client, 10, 0, 0, server]) + (4000).to_bytes(2) + b"\0P"


def _again(seen: tuple[int, int], counts: tuple[int, int]) -> Readdressed:
    trail = Trail(_flow(*seen), (0, 0), (9, 9), 0, 1)
    return Readdressed(trail, _flow(*counts), _flow(*counts))


def test_what_has_other_addresses_is_in_the_group_of_those_that_count() -> None:
    views = [
        View(("a",), [Speakers("10.0.0.1", "10.0.0.9", "tcp", 1)]),
        View(("b",), [Speakers("10.0.0.2", "10.0.0.7", "tcp", 1)]),
        View(("c",), [Speakers("10.0.0.3", "10.0.0.4", "tcp", 1)]),
    ]
    again = [_again((2, 7), (1, 9))]
    (group,) = groups_of(views, again=again)

    assert group.sources == ("a", "b")
    assert group.scopes == (
        Scope("10.0.0.1", "10.0.0.9"),
        Scope("10.0.0.2", "10.0.0.7"),
    )
    assert group.readdressed == tuple(again)
    assert without_shared(views, [group]) == [View(("a",)), View(("b",)), views[2]]
    assert without_shared(views, []) == views


def test_of_one_source_as_well_and_a_broker_by_itself() -> None:
    views = [
        View(
            ("a",),
            [
                Speakers("10.0.0.1", "10.0.0.9", "tcp", 1),
                Speakers("10.0.0.2", "10.0.0.7", "tcp", 1),
                Speakers("10.0.0.5:80", "", "nats", 1),
                Speakers("10.0.0.6:80", "", "nats", 1),
            ],
        )
    ]
    broker = _again((1, 5), (1, 6))
    plain, brokered = groups_of(views, again=[_again((2, 7), (1, 9)), broker])

    assert plain.sources == brokered.sources == ("a",)
    assert plain.brokers == {}
    assert brokered.brokers == {Endpoint("10.0.0.5", 80): Endpoint("10.0.0.6", 80)}
