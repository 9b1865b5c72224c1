"""Every line of the extension is run by the tests, and every branch goes both ways."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.native.building import COVERAGE, ROOT, build, run

if TYPE_CHECKING:
    from collections.abc import Iterator

_ALLOCATOR = ROOT / "tests" / "native" / "failing.c"
_TESTS = ROOT / "tests" / "native" / "test_edges.py"
_PYTEST = (
    "import sys, pathlib, pytest\n"
    "from tests.native.loading import install\n"
    "install(pathlib.Path(sys.argv[1]))\n"
    "sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', sys.argv[2]]))\n"
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What gcov has of each file, after all that the tests do to the extension."""
    folder = tmp_path_factory.mktemp("coverage")
    extension, allocator = build(folder, COVERAGE), build(folder, [], _ALLOCATOR)
    python = sys.executable
    fuzz: list[str | Path] = [
        "tests.native.fuzz",
        "--count",
        "2000",
        "--extension",
        extension,
    ]
    run([python, "-m", *fuzz])
    run([python, "-m", "tests.native.starving", extension, allocator])
    run([python, "-c", _PYTEST, extension, _TESTS])
    return _gcov(folder)


def _gcov(folder: Path) -> list[Any]:
    options = ["--branch-probabilities", "--json-format", "--stdout"]
    printed = run(["gcov", *options, folder / "_cut.gcda"]).stdout
    found: list[Any] = json.loads(printed)["files"]
    return [each for each in found if "protocol" in each["file"]]


def _missed(file: dict[str, Any]) -> Iterator[str]:
    text = Path(file["file"]).read_text(encoding="utf-8").splitlines()
    for line in file["lines"]:
        if "Py_VISIT" in text[line["line_number"] - 1]:
            continue  # a macro, whose visitor of the garbage collector never fails
        place = f"{file['file']}:{line['line_number']}"
        if not line["count"]:
            yield place
        if not all(branch["count"] for branch in line["branches"]):
            yield f"{place}: a branch"


def test_all_files_are_measured(files: list[Any]) -> None:
    names = {each["file"].rpartition("/")[2] for each in files}

    assert names == {"_cut.c", "_short_frames.h", "_units.h"}


def test_every_line_is_run_and_every_branch_is_taken(files: list[Any]) -> None:
    missed = [place for each in files for place in _missed(each)]

    assert not missed, "\n".join(missed)
