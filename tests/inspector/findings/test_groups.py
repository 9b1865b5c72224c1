from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from inspector.findings.groups import FindingGroup
from tests.inspector.conversation import inspected
from tests.inspector.traces import TRACES

if TYPE_CHECKING:
    from inspector.findings.finding import Finding

_FIRST = inspected(TRACES["unanswered"].triggers().records).findings[0]


def _group(*findings: Finding) -> FindingGroup:
    group = FindingGroup(findings[0])
    for finding in findings:
        group.add(finding)
    return group


def _at(packet: int, exchange: int | None, route: str | None = "sum") -> Finding:
    return replace(_FIRST, packet=packet, exchange=exchange, route=route)


def test_a_group_knows_what_its_findings_say_together() -> None:
    group = _group(
        replace(_FIRST, duration_ns=50, size=3, detail="request"),
        replace(_FIRST, duration_ns=20, size=4, detail="reply", packet=9),
        replace(_FIRST, duration_ns=90, size=5, detail="reply", packet=11),
    )

    assert group.count == 3
    assert (group.shortest_ns, group.longest_ns, group.size) == (20, 90, 12)
    assert group.details == {"request": 1, "reply": 2}


def test_one_packet_and_several() -> None:
    assert _group(_at(19, 1)).packets() == "Packet 19."
    assert _group(_at(19, 1), _at(31, 2), _at(26, 3)).packets() == "Packets 19 26 31."


def test_many_packets_end_in_a_count() -> None:
    group = _group(*(_at(number * 2, number) for number in range(1, 21)))

    assert group.packets() == "Packets 2 4 6 8 10 12 14 16 and 12 more."
    assert group.exchanges() == "#1–#20"


def test_routes_stand_with_their_exchanges() -> None:
    group = _group(_at(1, 7, "nope"), _at(2, 8, "ping"), _at(3, 9, "ping"))

    assert group.named_exchanges() == "nope (#7) and ping (#8 #9)"
    assert group.named_routes() == "nope ping"


def test_many_routes_and_exchanges_end_in_a_count() -> None:
    routes = [f"route{number % 6}" for number in range(60)]
    group = _group(
        *(_at(number, number, route) for number, route in enumerate(routes, 1))
    )

    assert group.named_exchanges().endswith(" and 44 more")
    assert group.named_exchanges().count("#") == 16
    assert group.named_routes() == "route0 route1 route2 route3"


def test_without_routes_the_exchanges_are_named_alone() -> None:
    group = _group(_at(1, 4, None), _at(2, 5, None), _at(3, None, None))

    assert group.named_exchanges() == "#4–#5"
    assert group.named_routes() == "An unknown pattern"


def test_merged_groups_say_what_one_group_would() -> None:
    findings = [
        replace(_at(3, 1), duration_ns=50, size=3, detail="request"),
        replace(_at(7, 2, "ping"), duration_ns=20, size=4, detail="reply"),
        replace(_at(4, 1), duration_ns=90, size=5, detail="reply"),
        replace(_at(9, None, None), duration_ns=70, size=6, detail="event"),
    ]
    # The last two are from a later part of the capture, behind 2 exchanges, 10 records.
    later = [
        replace(
            each, packet=each.packet + 10, exchange=each.exchange and each.exchange + 2
        )
        for each in findings[2:]
    ]
    whole, merged = _group(*findings[:2], *later), _group(*findings[:2])
    merged.merge(_group(*findings[2:]), exchanges=2, packets=10)

    for attribute in ("count", "details", "shortest_ns", "longest_ns", "size"):
        assert getattr(merged, attribute) == getattr(whole, attribute)
    assert merged.exchanges() == whole.exchanges()
    assert merged.packets() == whole.packets()
    assert merged.named_exchanges() == whole.named_exchanges()
    assert merged.named_routes() == whole.named_routes()


def test_only_so_many_details_are_told_apart() -> None:
    group = _group(*(replace(_FIRST, detail=str(number)) for number in range(500)))
    other = _group(*(replace(_FIRST, detail=f"{number}.") for number in range(500)))
    group.merge(other)

    assert group.count == 1_000
    assert len(group.details) == 64
