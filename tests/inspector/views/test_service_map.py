from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.figures.rows import PatternRow
from inspector.figures.services import Service, worst_first
from inspector.figures.traffic import Pair
from inspector.views.service_map import MOST_SPEAKING, buses, map_lines
from tests.inspector.figures.test_services import Asked, seen

_pairs = st.sets(
    st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=25
)


def _services(pairs: set[tuple[int, int]]) -> list[Service]:
    calls = [
        Asked(f"10.0.0.{client}:1", f"10.1.0.{server}:80", "well")
        for client, server in sorted(pairs)
    ]
    return seen(calls)


def _drawn(found: list[Service], width: int = 80, host: str = "") -> list[str]:
    return [line.plain.rstrip() for line in map_lines(found, width, host)][1:]


@settings(max_examples=50, deadline=None)
@given(_pairs)
def test_lines_lead_from_every_client_to_what_it_asks_and_to_nothing_else(
    pairs: set[tuple[int, int]],
) -> None:
    joined = set()
    for bus in buses(_services(pairs)):
        for client in bus.clients:
            joined |= {(client, branch.pair.server) for branch in bus.branches}

    assert joined == {(f"10.0.0.{c}", f"10.1.0.{s}:80") for c, s in pairs}


@settings(max_examples=50, deadline=None)
@given(_pairs, st.integers(40, 120))
def test_a_map_adds_up_and_is_no_wider_than_its_screen(
    pairs: set[tuple[int, int]], width: int
) -> None:
    lines = _drawn(_services(pairs), width)

    assert max(map(len, lines)) <= width
    if width >= 80:
        counts = [re.search(r" (\d+) +0 +[0-9.]+$", line) for line in lines]
        assert sum(int(each[1]) for each in counts if each) == len(pairs)


def test_clients_that_ask_the_same_share_a_bus() -> None:
    all_of_two = {(c, s) for c in (1, 2, 3) for s in (1, 2)}

    lines = _drawn(_services(all_of_two | {(4, 3)}))
    assert [line[:27].rstrip() for line in lines] == [
        "10.0.0.1 ─┬──► 10.1.0.1:80",
        "10.0.0.2 ─┼──► 10.1.0.2:80",
        "10.0.0.3 ─┘",
        "10.0.0.4 ───► 10.1.0.3:80",
    ]


def test_servers_of_one_client_hang_below_each_other() -> None:
    lines = _drawn(_services({(1, 1), (1, 2), (1, 3)}))

    assert [line[9:15] for line in lines] == ["─┬──► ", " ├──► ", " └──► "]


def test_above_twelve_clients_are_folded_then_servers() -> None:
    many = [Asked(f"10.0.0.{n}:1", "10.1.0.1:80", "well") for n in range(1, 13)]
    assert _drawn(seen(many))[0].startswith("12 clients ───► 10.1.0.1:80")
    assert len(_drawn(seen(many[:-1]))) == MOST_SPEAKING - 1

    servers = [Asked("10.0.0.1:1", f"10.1.0.{n}:80", "well") for n in range(1, 21)]
    lines = _drawn(seen(servers))
    assert len(lines) == MOST_SPEAKING - 1
    assert lines[-1].strip().startswith("└──► 10 others")


def test_the_host_of_all_is_left_out_and_what_a_terminal_obeys_escaped() -> None:
    calls = [Asked("10.0.0.1:7", "10.0.0.1:80", "well")]
    (line,) = _drawn(seen(calls, by_port=True), host="10.0.0.1")
    assert line.startswith(":7 ───► :80")

    named = [each._replace(pair=Pair("tcp", "a\x1b[2J", "b")) for each in seen(calls)]
    assert "\x1b" not in _drawn(named)[0]


def test_an_event_has_neither_failures_nor_times() -> None:
    (line,) = _drawn(seen([Asked("10.0.0.1:7", "10.0.0.1:80", "event")]))

    assert re.search(r"log +–$", line)


def test_long_names_leave_room_for_figures() -> None:
    host = "[2001:db8:1234:5678:9abc:def0:1234:5678]"
    found = [
        each._replace(pair=Pair("tcp", host, f"{host[:-2]}9]:8888"))
        for each in seen([Asked("10.0.0.1:7", "10.0.0.2:80", "well")])
    ]
    (line,) = _drawn(found)

    assert len(line) <= 80
    assert ":5679]:8888" in line
    assert re.search(r"p0 +1 +0 +1\.", line)


def test_nothing_is_drawn_of_nothing() -> None:
    assert _drawn(worst_first([])) == []
    assert PatternRow.sum([]).count == 0
