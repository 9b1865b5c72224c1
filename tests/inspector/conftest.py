"""What several tests of the inspector need of the machine."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.inspector.command import run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ROOM = "256k"


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a file system of 256 KiB, which is soon full."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={_ROOM}", "tmpfs", folder],  # noqa: S607
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    if mounted.returncode:
        pytest.fail(
            f"this test mounts a small disk, for which it needs root: {mounted.stderr}"
        )
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)  # noqa: S607


@pytest.fixture(scope="session")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the dissector, as the command writes it."""
    output = tmp_path_factory.mktemp("wireshark") / "nest.lua"
    outcome = run("wireshark", "--output", output)
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    return output
