from __future__ import annotations

from io import StringIO

import pytest

from inspector.streams.names import Names
from inspector.views.services_view import print_services, services_lines
from inspector.views.theme import make_console
from tests.inspector.figures.test_services import Asked, seen


def test_the_table_of_all_pairs_stands_above_the_map() -> None:
    found = seen([Asked(f"10.0.0.{n}:1", "10.1.0.1:80", "well") for n in range(1, 9)])
    lines = [line.plain.split() for line in services_lines(found, 80)]

    assert lines[0][:3] == ["Services", "→", "server"]
    assert len(lines) == 1 + 8 + 1 + 1 + 8
    assert lines[10][0] == "Map"


def test_of_one_host_only_ports_are_shown() -> None:
    calls = [Asked(f"::1:{n}", "::1:80", "well") for n in (4, 5)]
    found = seen(calls, by_port=True)

    assert {line.plain.split()[0] for line in list(services_lines(found, 80))[1:3]} == {
        ":4",
        ":5",
    }


@pytest.mark.parametrize(
    ("names", "ends"),
    [
        ({":80": "calc"}, (":4", "calc")),
        ({"10.0.0.1:80": "calc"}, (":4", "calc")),
        ({"10.0.0.1": "front"}, ("front:4", "front:80")),
    ],
)
def test_a_name_is_shown_also_where_a_host_need_not_be(
    names: dict[str, str], ends: tuple[str, str]
) -> None:
    found = seen([Asked("10.0.0.1:4", "10.0.0.1:80", "well")], by_port=True)
    lines = [line.plain.split() for line in services_lines(found, 80, Names(names))]

    assert tuple(lines[1][:2]) == ends
    assert (lines[-1][0], lines[-1][2]) == ends


def test_the_host_of_servers_alone_is_shown() -> None:
    found = seen([Asked("10.0.0.2:1", "10.0.0.1:80", "well")])

    assert list(services_lines(found, 80))[1].plain.split()[1] == "10.0.0.1:80"


def test_events_have_a_column_where_there_are_any() -> None:
    calls = [Asked("10.0.0.1:1", "10.1.0.1:80", "well")]
    header = [
        next(services_lines(seen(more), 80)).plain
        for more in (calls, [*calls, Asked("10.0.0.1:1", "10.1.0.1:80", "event")])
    ]

    assert ["events" in each for each in header] == [False, True]


def test_where_no_request_was_seen_that_is_said() -> None:
    console = make_console(StringIO())
    print_services(console, [])

    assert isinstance(console.file, StringIO)
    assert console.file.getvalue() == (
        "No request was seen, so the clients are unknown.\n"
    )
