"""How a ladder is drawn: lanes stand straight, at every width."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from inspector.journal import Journal
from inspector.pipeline import Pipeline
from inspector.views.console import THEME
from inspector.views.ladder_rows import Ladder
from inspector.views.ladder_view import print_ladder
from tests.inspector.captures import CAPTURES, ROOT, name_of, pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import Wire

if TYPE_CHECKING:
    from pathlib import Path

TWO = ROOT / "captures" / "two-services-nest12.pcap"


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_the_last_lane_stands_in_one_place_on_every_row(
    capture: Path, width: int
) -> None:
    header, *rows = run("ladder", capture, width=width).out.splitlines()
    edge = cell_len(header[: header.index("  packets")]) - 1
    drawn = [row for row in rows if "►" in row or "◄" in row]

    assert drawn
    for row in drawn:
        assert _cell(row, edge) in {"│", "┼"}, row
    assert max(map(cell_len, [header, *rows])) <= width


def _cell(row: str, place: int) -> str:
    """Return what stands in a cell of a row, wide characters counted as two."""
    cells = ""
    for character in row:
        cells += character * cell_len(character)
    return cells[place]


def test_services_stand_side_by_side_and_have_names() -> None:
    shown = run("ladder", TWO, "--name", "8888=calc", "--name", "9999=log").out

    assert "client" in shown.splitlines()[0]
    assert "log :9999" in shown.splitlines()[0]
    assert "calc :8888" in shown.splitlines()[0]
    assert any("┼" in row for row in shown.splitlines())


def test_one_connection_or_one_call_can_be_asked_for() -> None:
    line = run("exchanges", TWO, "--json", "--where", 'route == "sum"').lines[0]
    one = run("ladder", TWO, "--connection", "3").out
    call = run("ladder", TWO, "--id", line["id"]).out

    assert "log" not in one
    assert [row.split()[-1] for row in call.splitlines()[1:]] == [
        str(line["request_packets"][0]),
        str(line["reply_packets"][0]),
    ]


def test_more_services_than_there_is_room_for_share_a_lane(tmp_path: Path) -> None:
    wire = Wire()
    for port in range(9000, 9012):
        wire.connect(server=f"10.0.0.2:{port}").emit("a", port)
    capture = tmp_path / "many.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    shown = run("ladder", capture).out

    assert "others" in shown.splitlines()[0] or "12 servers" in shown.splitlines()[0]
    assert shown.count("► ") + shown.count("►│") + shown.count("►") >= 24


@settings(max_examples=60, deadline=None)
@given(
    clients=st.integers(1, 40),
    servers=st.integers(1, 12),
    names=st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=5),
    keyed=st.booleans(),
    width=st.integers(40, 250),
)
def test_no_row_is_wider_than_the_terminal_and_no_number_is_lost(
    clients: int, servers: int, names: list[str], *, keyed: bool, width: int
) -> None:
    wire, count = Wire(), max(clients, servers)
    for i in range(count):
        own, other = i % clients, i % servers
        talk = wire.connect(
            client=f"10.{own // 7}.0.{own}:{40_000 + i}",
            server=f"10.9.{other % 3}.{other}:{8000 + other % 5}",
        )
        name = names[i % len(names)]
        talk.ask({"cmd": name} if keyed else name, str(i), name).answer(str(i), name)
    shown = _drawn(wire, width)

    assert max(map(cell_len, shown)) <= width
    for number in range(1, count + 1):
        assert sum(f"#{number} " in row for row in shown) == 2, number


def _drawn(wire: Wire, width: int) -> list[str]:
    """Return the lines of a ladder on a screen of some cells, nothing cut by it."""
    journal, written = Journal(), StringIO()
    packets = journal.read(Pipeline(taps=[journal]).inspect(wire.records))
    console = Console(file=written, width=width, theme=THEME, highlight=False)
    print_ladder(console, Ladder(unfolded=True).rows(packets), 0)
    return written.getvalue().splitlines()


def test_names_of_any_length_stay_above_their_lanes() -> None:
    long = ["--name", "8888=a service of many words", "--name", f"9999={'求和' * 20}"]
    header, *_ = run("ladder", TWO, *long, width=60).out.splitlines()

    assert cell_len(header) <= 60
    assert all(word in header for word in ("client", ":8888", "求", "packets"))
