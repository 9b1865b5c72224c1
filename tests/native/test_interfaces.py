"""C and Python fit together, and what does not fit is passed over."""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from protocol.native import INTERFACE
from tests.native.building import ROOT, SCAN, SOURCE, build, run

if TYPE_CHECKING:
    from pathlib import Path

_HEADER = SOURCE.parent / "_interface.h"
_NUMBER = re.compile(r"#define PROTOCOL_INTERFACE ([0-9]+)")
# How arguments are taken, what there is to call and to read, and what is given.
_TAKEN_OR_GIVEN = re.compile(r"PyArg_Parse|METH_|, T_[A-Z]+, |BuildValue|PyTuple_New")
_DIGEST = "7cbf38e5a36e14af"
_STALE = """
import sys, pathlib
from tests.native.loading import install, load
install(pathlib.Path(sys.argv[1]))
sys.modules["inspector.sources._scan"] = load(
    pathlib.Path(sys.argv[2]), "inspector.sources._scan"
)
from inspector.cli import main
codes = [main(["--version"]), main(["doctor"]), main(["captures/seed-nest12.pcap"])]
import protocol.cutting
print(codes, protocol.cutting.ShortFrames.__module__)
"""


def _interface() -> str:
    lines = [
        " ".join(line.split())
        for source in (SOURCE, SCAN)
        for line in source.read_text(encoding="utf-8").splitlines()
        if _TAKEN_OR_GIVEN.search(line)
    ]
    assert len(lines) > 15
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def test_both_sides_have_one_number() -> None:
    found = _NUMBER.search(_HEADER.read_text(encoding="utf-8"))

    assert found is not None
    assert int(found[1]) == INTERFACE


def test_what_is_taken_or_given_does_not_change_without_its_number() -> None:
    # Raise INTERFACE and PROTOCOL_INTERFACE, then write both down here.
    assert (INTERFACE, _interface()) == (1, _DIGEST)


def _stale(source: Path, folder: Path) -> Path:
    """Compile an extension of another number."""
    for header in SOURCE.parent.glob("*.h"):
        shutil.copy(header, folder)
    other = f"#define PROTOCOL_INTERFACE {INTERFACE + 1}"
    text = _HEADER.read_text(encoding="utf-8")
    (folder / _HEADER.name).write_text(_NUMBER.sub(other, text), encoding="utf-8")
    return build(folder, [], source=folder / shutil.copy(source, folder))


@pytest.mark.parametrize("number", ["another", "none"])
def test_what_was_compiled_from_other_sources_is_not_used(
    number: str, tmp_path: Path
) -> None:
    if number == "none":  # as before there were numbers
        for source in (SOURCE, SCAN):
            text = source.read_text(encoding="utf-8")
            bare = re.sub(r"    \{Py_mod_exec, add_interface\},\n", "", text)
            bare = bare.replace("static int\nadd_interface", "int\nadd_interface")
            assert bare.count("add_interface") == 1
            (tmp_path / source.name).write_text(bare, encoding="utf-8")
        for header in SOURCE.parent.glob("*.h"):
            shutil.copy(header, tmp_path)
        files = [build(tmp_path, [], tmp_path / each.name) for each in (SOURCE, SCAN)]
    else:
        files = [_stale(each, tmp_path) for each in (SOURCE, SCAN)]
    printed = run([sys.executable, "-c", _STALE, *files], {"COLUMNS": "200"}).stdout

    version, *lines, last = printed.splitlines()
    assert version.endswith(
        "without its C extensions: pure Python (was compiled from other sources)"
    )
    assert sum("was compiled from other sources" in line for line in lines) == 2
    assert "5       0         0" in printed  # calls of the report
    assert last == "[0, 0, 0] protocol.cutting"
    assert (ROOT / "captures" / "seed-nest12.pcap").is_file()
