from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from inspector.errors import InspectorError, UnwritableOutputError
from inspector.fleet.report import FORMAT, VERSION, FleetReport
from inspector.fleet.saving import encoded, load, save
from tests.inspector.fleet.test_overview import REPORT

if TYPE_CHECKING:
    from pathlib import Path


def test_a_report_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = str(tmp_path / "a.report")
    save(file, REPORT)

    assert load([file]) == [(file, REPORT)]
    assert encoded(load([file])[0][1]) == encoded(REPORT)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not the report of a fleet"),
        (b"\xff\xfe", "not the report of a fleet"),
        (b"[" * 100_000, "a malformed report"),
        (b'{"format": "other"}', "not the report of a fleet"),
        (b"{}", "not the report of a fleet"),
        (
            msgspec.json.encode({"format": FORMAT, "version": VERSION + 1}),
            f"version {VERSION + 1}; this program reads {VERSION}",
        ),
        (
            msgspec.json.encode({"format": FORMAT, "version": VERSION, "views": 1}),
            "a malformed report",
        ),
    ],
)
def test_what_is_no_report_is_one_line(tmp_path: Path, data: bytes, words: str) -> None:
    file = tmp_path / "a.report"
    file.write_bytes(data)

    with pytest.raises(InspectorError, match=words) as raised:
        load([str(file)])
    assert "\n" not in str(raised.value)


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    with pytest.raises(InspectorError, match="no such file"):
        load([str(tmp_path / "lacking")])
    with pytest.raises(UnwritableOutputError, match="lacking"):
        save(str(tmp_path / "lacking" / "a.report"), FleetReport())
