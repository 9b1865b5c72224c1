"""A real Nest for the commands that watch one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.inspector.nest import Nest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def nest(tmp_path: Path) -> Nest:
    folder = tmp_path / "nest"
    folder.mkdir()
    return Nest(folder)
