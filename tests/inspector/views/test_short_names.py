from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from inspector.calls.exchanges import Exchange
from inspector.pipeline import Pipeline
from inspector.sources.files import read_capture
from inspector.views.live_screen import Screen
from inspector.views.live_status import LiveStatus
from inspector.views.rendering import cut_middle
from inspector.views.short_names import ShortNames, least_room
from tests.inspector.captures import pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import SERVER, START, Wire, failure

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = st.lists(st.text("ab.求😀", max_size=30), unique=True, max_size=12)
_LONG = "cmd:orders.{}.customers.addresses.create"


def _forms(names: list[str], width: int) -> list[str]:
    short = ShortNames(width, names)
    return [short.cut(name) for name in names]


@given(_NAMES, _NAMES, st.integers(1, 40))
def test_a_name_has_exactly_its_cells(
    known: list[str], more: list[str], width: int
) -> None:
    short = ShortNames(width, known)

    assert {cell_len(short.cut(name)) for name in [*known, *more]} <= {width}


@pytest.mark.parametrize("width", range(12, 45))
def test_two_names_differ_wherever_they_differ(width: int) -> None:
    names = [_LONG.format(part) for part in ("eu", "us", "uk", "求和", "求积")]
    known, later = ShortNames(width, names), ShortNames(width)

    assert len({known.cut(name) for name in names}) == len(names)
    assert len({later.cut(name) for name in names[:2]}) == len(names[:2])


@pytest.mark.parametrize("width", range(13, 60))
def test_names_of_an_application_differ_in_thirteen_cells(width: int) -> None:
    names = [
        f"cmd:{kind}.{region}.customers.{what}.{verb}"
        for kind in ("orders", "users", "stock")
        for region in ("eu-west", "eu-east", "us")
        for what in ("addresses", "invoices")
        for verb in ("create", "createMany", "find")
    ]

    assert len(set(_forms(names, width))) == len(names)


@given(_NAMES, st.integers(10, 40))
def test_names_that_differ_when_they_are_cut_are_cut_as_usual(
    names: list[str], width: int
) -> None:
    usual = [cut_middle(name, width) for name in names]

    if len(set(usual)) == len(names):
        assert _forms(names, width) == usual


def test_what_is_alike_is_cut_around_the_difference() -> None:
    names = [_LONG.format("eu"), _LONG.format("us"), "cmd:users.find"]

    assert _forms(names, 15) == [
        "cmd:…rs.eu.…ate",
        "cmd:…rs.us.…ate",
        "cmd:users.find ",
    ]


def test_a_name_that_comes_later_differs_from_those_before() -> None:
    short = ShortNames(15, [_LONG.format("eu")])
    before, name = short.cut(_LONG.format("eu")), _LONG.format("us")

    assert short.collides(name)
    assert short.cut(name) != before
    assert not short.collides(name)
    assert before == short.cut(_LONG.format("eu"))


def test_what_differs_in_its_length_alone_looks_alike_in_too_little_room() -> None:
    names = ["a" * 30, "a" * 31]

    assert len(set(_forms(names, 29))) == 1
    assert len(set(_forms(names, 30))) == len(names)


@given(_NAMES, st.integers(8, 20))
def test_the_least_room_is_the_first_in_which_all_names_differ(
    names: list[str], least: int
) -> None:
    def all_differ(width: int) -> bool:
        return len({cut_middle(name, width) for name in names}) == len(names)

    found = least_room(names, least, 70)

    if all_differ(70):
        assert all_differ(found)
        assert found == least or not all_differ(found - 1)
    else:
        assert least <= found <= 70


_ROUTES = [
    f"cmd:{kind}.{region}.customers.addresses.{verb}"
    for kind in ("orders", "users", "stock")
    for region in ("eu-west", "us")
    for verb in ("create", "createMany", "find")
]


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a capture in which every route is asked twice, and fails."""
    wire = Wire()
    talk = wire.connect()
    for number, route in enumerate(_ROUTES * 2):
        talk.ask({"cmd": route[4:]}, f"{number}", "d" * 40)
        wire.wait(200_000_000)
        talk.send(SERVER, failure(f"{number}", "e" * 40))
    file = tmp_path_factory.mktemp("alike") / "alike.pcap"
    file.write_bytes(pcap_bytes(wire.records))
    return file


@pytest.mark.parametrize("width", [40, 50, 60, 80, 100, 160])
@pytest.mark.parametrize(
    ("command", "title", "column"),
    [("report", "Patterns", 0), ("report", "Slowest", 1), ("exchanges", " ", 2)],
)
def test_two_patterns_never_look_alike_in_a_table(
    capture: Path, command: str, title: str, column: int, width: int
) -> None:
    lines = iter(run(command, capture, width=width).out.splitlines())
    next(line for line in lines if line.startswith(title))
    shown = [
        re.split(" {2,}", line.strip())[column] for line in takewhile(str.strip, lines)
    ]

    assert len(shown) > 2
    assert len(set(shown)) == len(set(_ROUTES[: len(shown)]))


@pytest.mark.parametrize("width", [70, 80, 100, 160])
def test_two_patterns_never_look_alike_on_the_live_screen(
    capture: Path, width: int
) -> None:
    screen, status = Screen("lo", 10**9), LiveStatus(START, 0, None, [])
    for item in Pipeline().inspect(read_capture(str(capture))):
        if isinstance(item, Exchange):
            screen.add_exchange(item)
    lines = [line.plain for line in screen.lines(status, width, 60)]
    shown = [line.split("  ")[0] for line in lines[3 : 3 + len(_ROUTES)]]

    assert len(set(shown)) == len(_ROUTES)
