from __future__ import annotations

from os import mkfifo
from threading import Thread
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from inspector.errors import InspectorError, UnwritableOutputError
from inspector.fleet import saving
from inspector.fleet.report import FORMAT, VERSION, FleetReport, Shared, View
from inspector.fleet.saving import encoded, load, save
from tests.inspector.fleet.test_overview import REPORT

if TYPE_CHECKING:
    from pathlib import Path

_ROW, _NOTICED, _SHARED = (
    msgspec.to_builtins(each)
    for each in (
        REPORT.views[0].rows[0],
        REPORT.views[0].findings[0],
        Shared("a", "b", 30, 1, 0.0, 1, 1, 1),
    )
)


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


def test_a_file_without_an_end_is_no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "_LARGEST", 1 << 20)

    with pytest.raises(InspectorError, match="not the report of a fleet: more than"):
        load(["/dev/zero"])


_MALFORMED = [
    ("sources", {"name": "a", "addresses": ["10.0.0.300"]}),
    ("sources", {"name": "", "addresses": ["10.0.0.3"]}),
    ("shared", {**_SHARED, "drift": 1e300}),
    ("sources", {"name": "a", "first_ns": 1 << 64}),
    ("views", {"sources": [], "rows": [{**_ROW, "kind": "other"}]}),
    ("views", {"sources": [], "rows": [{**_ROW, "count": -1}]}),
    ("views", {"sources": [], "rows": [{**_ROW, "latency": {"exact": [-1]}}]}),
    (
        "views",
        {"sources": [], "rows": [{**_ROW, "latency": {"buckets": [[99_999, 1]]}}]},
    ),
    ("views", {"sources": [], "findings": [{**_NOTICED, "severity": "fatal"}]}),
]


@pytest.mark.parametrize(("key", "item"), _MALFORMED)
def test_what_a_report_cannot_say_is_malformed(
    tmp_path: Path, key: str, item: dict[str, Any]
) -> None:
    file = tmp_path / "a.report"
    about = {"format": FORMAT, "version": VERSION}
    file.write_bytes(msgspec.json.encode({**about, key: [item]}))

    with pytest.raises(InspectorError, match="a malformed report"):
        load([str(file)])


def test_status_codes_are_saved(tmp_path: Path) -> None:
    file = str(tmp_path / "a.report")
    row = msgspec.structs.replace(REPORT.views[0].rows[0], statuses={404: 2, 500: 1})
    report = FleetReport(views=[View(("a",), rows=[row])])
    save(file, report)

    assert load([file]) == [(file, report)]


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    with pytest.raises(InspectorError, match="no such file"):
        load([str(tmp_path / "lacking")])
    with pytest.raises(UnwritableOutputError, match="lacking"):
        save(str(tmp_path / "lacking" / "a.report"), FleetReport())


def test_a_pipe_and_what_a_link_leads_to_are_written(tmp_path: Path) -> None:
    pipe, real, link = (tmp_path / each for each in ("pipe", "real", "link"))
    mkfifo(pipe)
    link.symlink_to(real)
    read: list[bytes] = []
    reader = Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    for file in (pipe, link):
        save(str(file), FleetReport())
    reader.join()

    assert read == [encoded(FleetReport())] == [real.read_bytes()]
    assert pipe.is_fifo()
    assert link.is_symlink()
