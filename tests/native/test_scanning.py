"""The scan in C: with sanitizers, without memory, and every line of it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.native.building import (
    COVERAGE,
    SANITIZERS,
    SCAN,
    TOOLS,
    build,
    run,
    sanitized,
)

if TYPE_CHECKING:
    from pathlib import Path

_COUNT = 6_000
_ALLOCATOR = TOOLS / "failing.c"
_SCANNING: list[str | Path] = [sys.executable, "-m", "tests.native.scanning"]


def _compared(extension: Path, count: int = _COUNT) -> str:
    counted = ["--count", str(count)]
    return run([*_SCANNING, extension, *counted], sanitized()).stdout


def test_c_and_python_scan_all_blocks_alike(tmp_path: Path) -> None:
    said = _compared(build(tmp_path, SANITIZERS, SCAN))

    assert said == f"{_COUNT:,} blocks are scanned alike by C and by Python\n"


@pytest.mark.parametrize(
    ("line", "broken"),
    [
        ("data.size < tcp + TCP_SIZE", "data.size + 20 < tcp + TCP_SIZE"),
        ("end > data.size", "end > data.size + 64"),
        ("record->next <= block.size", "record->next <= block.size + 9"),
        ("(size_t)units != length", "(size_t)units < length"),
        ("packet->window != 0", "1"),
    ],
)
def test_a_mistake_in_c_is_found(line: str, broken: str, tmp_path: Path) -> None:
    text = SCAN.read_text(encoding="utf-8")
    assert line in text
    (tmp_path / SCAN.name).write_text(text.replace(line, broken), "utf-8")
    extension = build(tmp_path, SANITIZERS, tmp_path / SCAN.name)

    with pytest.raises(AssertionError, match=r"differ|overflow"):
        _compared(extension)


def test_an_allocation_that_fails_is_an_error_and_loses_nothing(tmp_path: Path) -> None:
    extension, allocator = build(tmp_path, [], SCAN), build(tmp_path, [], _ALLOCATOR)
    done = run([*_SCANNING, extension, "--starve", allocator])

    assert int(done.stdout.split()[0]) >= 30  # entries, numbers, flows, contents


def test_every_line_is_run(tmp_path: Path) -> None:
    extension, allocator = (
        build(tmp_path, COVERAGE, SCAN),
        build(tmp_path, [], _ALLOCATOR),
    )
    run([*_SCANNING, extension, "--count", "2000"])
    run([*_SCANNING, extension, "--starve", allocator])
    run([sys.executable, "-c", _REFUSED, extension])
    missed = list(_missed(_gcov(tmp_path)))

    assert not missed, "\n".join(missed)


_REFUSED = """
import pathlib, struct, sys
from tests.native.loading import load
scan = load(pathlib.Path(sys.argv[1]), "inspector.sources._scan").scan
good = [bytes(9), 0, 0, (0, 0, 1, 0, 16), 14, 12, (b"x",)]
for place, value in ((0, 1), (1, 99), (6, (b"",)), (6, ("x",)), (6, (b"x",) * 17)):
    try:
        scan(*good[:place], value, *good[place + 1 :])
    except (TypeError, ValueError):
        continue
    raise SystemExit(f"{value!r} is taken")
block = struct.pack("<7I4x4x", 6, 36, 0, 0, 5, 1, 1)  # five ticks since 1970
for offset, entries in ((-5, 1), (-6, 0)):
    found, _ = scan(block, 0, 0, (1, 0, 1, offset, 16), 14, 12, ())
    assert len(found) == entries
"""


def _gcov(folder: Path) -> list[Any]:
    printed = run(["gcov", "--json-format", "--stdout", folder / "_scan.gcda"]).stdout
    found: list[Any] = json.loads(printed)["files"]
    return [each for each in found if each["file"].endswith(SCAN.name)]


def _missed(files: list[Any]) -> list[str]:
    assert len(files) == 1
    lines = files[0]["lines"]
    return [f"_scan.c:{each['line_number']}" for each in lines if not each["count"]]
