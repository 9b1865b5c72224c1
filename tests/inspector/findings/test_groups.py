from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from inspector.findings.catalogue import rules
from inspector.findings.finding import Severity
from inspector.findings.groups import FindingGroup, group_key
from inspector.ranges import RangeSet
from tests.inspector.conversation import Wire, inspected
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


def test_a_group_knows_the_exchange_that_took_longest() -> None:
    group = _group(
        replace(_FIRST, duration_ns=50, exchange=3),
        replace(_FIRST, duration_ns=90, exchange=5),
        replace(_FIRST, duration_ns=90, exchange=6),
        replace(_FIRST, duration_ns=20, exchange=8),
    )

    assert group.longest_exchange == 5


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
    assert group.routes() == "nope and ping"


def test_many_routes_and_exchanges_end_in_a_count() -> None:
    routes = [f"route{number % 6}" for number in range(60)]
    group = _group(
        *(_at(number, number, route) for number, route in enumerate(routes, 1))
    )

    assert group.named_exchanges().endswith(" and 44 more")
    assert group.named_exchanges().count("#") == 16
    assert group.routes() == "route0, route1, route2, route3 and others"


def test_without_routes_the_exchanges_are_named_alone() -> None:
    group = _group(_at(1, 4, None), _at(2, 5, None), _at(3, None, None))

    assert group.named_exchanges() == "#4–#5"
    assert group.routes() == "an unknown pattern"


def test_merged_groups_say_what_one_group_would() -> None:
    findings = [
        replace(_at(3, 1), duration_ns=50, size=3, detail="request"),
        replace(_at(7, 2, "ping"), duration_ns=20, size=4, detail="reply"),
        replace(_at(4, 1), duration_ns=90, size=5, detail="reply"),
        replace(_at(9, None, None), duration_ns=70, size=6, detail="event"),
    ]
    # The last two are from a later part of the capture, after 2 exchanges, 10 records.
    later = [
        replace(
            each, packet=each.packet + 10, exchange=each.exchange and each.exchange + 2
        )
        for each in findings[2:]
    ]
    whole, merged = _group(*findings[:2], *later), _group(*findings[:2])
    merged.merge(_group(*findings[2:]), exchanges=2, packets=10)

    for attribute in (
        "count",
        "details",
        "shortest_ns",
        "longest_ns",
        "longest_exchange",
        "size",
    ):
        assert getattr(merged, attribute) == getattr(whole, attribute)
    assert merged.exchanges() == whole.exchanges()
    assert merged.packets() == whole.packets()
    assert merged.named_exchanges() == whole.named_exchanges()
    assert merged.routes() == whole.routes()


def test_only_so_many_details_are_told_apart() -> None:
    group = _group(*(replace(_FIRST, detail=str(number)) for number in range(500)))
    other = _group(*(replace(_FIRST, detail=f"{number}.") for number in range(500)))
    group.merge(other)

    assert group.count == 1_000
    assert len(group.details) == 64


def test_a_packet_and_an_exchange_stand_once() -> None:
    group = _group(_at(4, 1), _at(4, 2, "ping"), _at(4, 1), _at(6, 1))

    assert group.count == 4
    assert group.packets() == "Packets 4 6."
    assert group.exchanges() == "#1–#2"
    assert group.named_exchanges() == "sum (#1) and ping (#2)"
    assert _group(_at(4, 1), _at(4, 2)).packets() == "Packet 4."


def test_one_packet_that_comes_again_in_a_later_part_stands_once() -> None:
    group = _group(_at(4, 1))
    group.merge(_group(_at(4, 1)))

    assert group.packets() == "Packet 4."
    assert group.named_exchanges() == "sum (#1)"


def test_routes_of_a_later_part_are_named_as_far_as_there_is_room() -> None:
    group = _group(_at(1, 1, "a"), _at(2, 2, "b"), _at(3, 3, "c"))
    group.merge(_group(_at(1, 1, "d"), _at(2, 2, "e")), exchanges=3, packets=3)

    assert group.routes() == "a, b, c, d and others"
    assert group.named_exchanges() == "a (#1), b (#2), c (#3), d (#4) and 1 more"
    assert group.names == 5


def test_that_there_are_more_routes_is_known_after_a_merge() -> None:
    group = _group(_at(1, 1, "a"))
    other = _group(*(_at(number, number, f"r{number}") for number in range(1, 7)))
    group.merge(other, exchanges=1, packets=1)

    assert group.routes() == "a, r1, r2, r3 and others"
    assert group.named_exchanges().endswith("r3 (#4) and 3 more")


@pytest.mark.parametrize(
    ("findings", "names"),
    [
        ([_at(1, 1)], 1),
        ([_at(1, 1), _at(2, 2)], 1),
        ([_at(1, 1), _at(2, 2, "ping")], 2),
        ([_at(number, number) for number in range(9)], 2),
        ([_at(1, 1, None)], 1),
        ([_at(1, 1, None), _at(2, 2, None)], 2),
        ([_at(1, 1), _at(2, 2, None)], 2),
    ],
)
def test_a_verb_agrees_with_the_names(findings: list[Finding], names: int) -> None:
    assert _group(*findings).names == names


def test_a_detail_is_an_example_where_there_are_others() -> None:
    first, second = replace(_FIRST, detail="a"), replace(_FIRST, detail="b")

    assert _group(first, first).example() == "a"
    assert _group(first, second).example() == "a, for example"


def test_what_is_alike_is_grouped() -> None:
    client, server = replace(_FIRST, side=0), replace(_FIRST, side=1)
    keys = {group_key(each) for each in (client, server)}

    assert len(keys) == 2
    assert group_key(client) == group_key(replace(client, packet=77, detail="more"))
    assert group_key(replace(client, subject="A")) == group_key(
        replace(client, subject="a")
    )
    assert group_key(replace(client, subject="b")) not in keys
    assert group_key(replace(client, severity=Severity.NOTE)) not in keys
    password, hole = (rules()[code] for code in ("credentials", "capture-gap"))
    for rule in (password, hole):
        either = [group_key(replace(each, rule=rule)) for each in (client, server)]
        assert either[0] == either[1]


def test_every_service_is_named_and_of_many_the_first() -> None:
    def on(port: int) -> Finding:
        wire = Wire()
        wire.connect(server=f"10.0.0.2:{port}").ask("sum", "1")
        return inspected(wire.linger().records).findings[0]

    assert _group(on(8888), on(8889), on(8888)).services() == (
        "10.0.0.2:8888 and 10.0.0.2:8889"
    )
    assert _group(*map(on, range(1, 9))).services() == (
        "10.0.0.2:1, 10.0.0.2:2, 10.0.0.2:3, 10.0.0.2:4 and others"
    )

    merged = _group(on(8888))
    merged.merge(_group(on(8889)))
    assert merged.services() == "10.0.0.2:8888 and 10.0.0.2:8889"


_MOMENT = 1_764_340_465_908_000_000  # 14:34:25.908 UTC


@pytest.mark.parametrize(
    ("severity", "times", "words"),
    [
        (Severity.ERROR, [0], "Why. At 14:34:25.908 UTC."),
        (
            Severity.ERROR,
            [0, 2],
            "Why. First at 14:34:25.908, last at 14:34:27.908 UTC.",
        ),
        (
            Severity.WARNING,
            [2, 0],
            "Why. First at 14:34:25.908, last at 14:34:27.908 UTC.",
        ),
        (Severity.WARNING, [0, 0.9], "Why."),
        (Severity.NOTE, [0, 9], "Why."),
    ],
)
def test_what_is_to_be_looked_up_in_a_log_has_its_times(
    severity: Severity, times: list[float], words: str
) -> None:
    finding = replace(_FIRST, severity=severity)
    moments = [_MOMENT + round(each * 1e9) for each in times]
    group = _group(*(replace(finding, time_ns=each) for each in moments))

    assert group.dated("Why.", "restart it") == words
    assert group.dated("Why.", "look at 14:34:25 UTC") == "Why."
    assert _group(replace(finding, time_ns=0)).dated("Why.", "") == "Why."


def test_what_many_exchanges_show_has_the_time_of_the_last() -> None:
    whole = _group(replace(_FIRST, time_ns=_MOMENT, last_ns=_MOMENT + 10**10))
    whole.merge(_group(replace(_FIRST, time_ns=_MOMENT - 10**9)))

    assert whole.first_ns == _MOMENT - 10**9
    assert whole.last_ns == _MOMENT + 10**10


def test_exchanges_that_a_finding_is_about_besides_are_counted_with_it() -> None:
    finding = _at(3, 2)
    finding.others = RangeSet()
    for number in (2, 4, 5):
        finding.others.add(number)

    assert _group(finding).exchanges() == "#2 #4–#5"
