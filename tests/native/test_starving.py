"""Every allocation of the extension may fail."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.native.building import ROOT, build, run

if TYPE_CHECKING:
    from pathlib import Path

_ALLOCATOR = ROOT / "tests" / "native" / "failing.c"


def test_an_allocation_that_fails_is_an_error_and_loses_nothing(tmp_path: Path) -> None:
    extension, allocator = build(tmp_path, []), build(tmp_path, [], _ALLOCATOR)

    done = run([sys.executable, "-m", "tests.native.starving", extension, allocator])
    assert done.stdout.startswith("{'next_frame': ")
