"""A reader that leaves early does not keep the command from its other work."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import SHOWCASE
from tests.inspector.command import PROGRAM, run

if TYPE_CHECKING:
    from pathlib import Path

_BROKEN = ("--fail-on", "messages > 0")


def _left(*arguments: str | Path) -> int:
    """Return the exit code of a run whose reader leaves before the first line."""
    with subprocess.Popen(
        [PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        return process.wait()


@pytest.mark.parametrize("command", ["exchanges", "packets"])
def test_a_broken_condition_still_fails_the_run(command: str) -> None:
    assert _left(command, SHOWCASE, "--json", *_BROKEN) == 1


def test_the_subset_is_complete(tmp_path: Path) -> None:
    left, whole = tmp_path / "left.pcapng", tmp_path / "whole.pcapng"
    run("packets", SHOWCASE, "--write", whole)

    assert _left("packets", SHOWCASE, "--write", left) == 0
    assert left.read_bytes() == whole.read_bytes()


def test_the_picture_is_complete(tmp_path: Path) -> None:
    picture = tmp_path / "view.svg"

    assert _left("packets", SHOWCASE, "--svg", picture) == 0
    assert picture.read_text().rstrip().endswith("</svg>")


def test_without_other_work_the_run_ends_with_its_reader() -> None:
    assert _left("exchanges", SHOWCASE, "--json") == 0
