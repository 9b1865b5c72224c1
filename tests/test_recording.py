"""What every recording stands on: Nest's applications, compiled once for all."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from captures import processes
from captures.processes import COMPILER, HERE, NEST, compile_applications, find_node

if TYPE_CHECKING:
    from pathlib import Path

_OLDEST = "v10"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder like the repository's, whose one application is small."""
    applications = tmp_path / "captures" / "applications"
    (applications / "small").mkdir(parents=True)
    shutil.copy(HERE / "applications" / "tsconfig.json", applications)
    (applications / "small" / "main.ts").write_text("export const one: number = 1;\n")
    for nest in (COMPILER, _OLDEST):
        folder = tmp_path / "nest" / nest
        folder.mkdir(parents=True)
        (folder / "node_modules").symlink_to(NEST / nest / "node_modules")
        shutil.copy(NEST / nest / "package-lock.json", folder)
    monkeypatch.setattr(processes, "HERE", tmp_path / "captures")
    monkeypatch.setattr(processes, "NEST", tmp_path / "nest")
    return tmp_path


def _built(tree: Path) -> list[Path]:
    return [
        tree / "nest" / nest / "build" / "small" / "main.js"
        for nest in (COMPILER, _OLDEST)
    ]


def _compile() -> None:
    compile_applications(find_node(), {_OLDEST})


def _identities(tree: Path) -> list[tuple[int, int]]:
    """Return what changes when files are written anew."""
    found = [program.stat() for program in _built(tree)]
    return [(status.st_ino, status.st_mtime_ns) for status in found]


def test_who_compiles_next_leaves_what_others_run(tree: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = [pool.submit(_compile) for _ in range(4)]
        seen = [(each.result(), _identities(tree)) for each in made]

    assert len({tuple(identities) for _, identities in seen}) == 1


def test_a_build_of_other_sources_is_made_anew(tree: Path) -> None:
    _compile()
    source = tree / "captures" / "applications" / "small" / "main.ts"
    source.write_text("export const two: number = 2;\n")
    _compile()

    assert all("exports.two" in built.read_text() for built in _built(tree))


def test_a_copy_that_was_broken_off_is_made_anew(tree: Path) -> None:
    _compile()
    copied = _built(tree)[1]
    copied.unlink()
    (copied.parents[1] / processes.STAMP).unlink()
    _compile()

    assert copied.exists()
