"""How a ladder is drawn: lanes stand straight, at every width."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

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
    legend = [row for row in rows if row.startswith("┐┘")]
    drawn = [row for row in rows if "►" in row or "◄" in row]

    assert drawn
    assert len(legend) <= 1
    for row in drawn:
        assert _cell(row, edge) in {"│", "┼"}, row
    assert max(map(cell_len, [header, *drawn])) <= width


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

    assert "more" in shown.splitlines()[0]
    assert shown.count("► ") + shown.count("►│") + shown.count("►") >= 24
