"""C is used where it was compiled, unless Python alone is asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from protocol.native import INTERFACE, PURE, extension, is_stale

HERE = Path(__file__).parent
_AREAS = ("cutting", "decoder", "units", "frames", "robustness", "vectors")


def test_what_was_compiled_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PURE, raising=False)

    assert extension("protocol._cut") is sys.modules["protocol._cut"]


def test_what_was_not_compiled_is_nothing() -> None:
    assert extension("protocol._no_such_extension") is None


@pytest.mark.parametrize("number", [INTERFACE - 1, INTERFACE + 1, None])
def test_what_was_compiled_from_other_sources_is_nothing(
    number: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PURE, raising=False)
    assert not is_stale("protocol._cut")
    assert not is_stale("protocol._no_such_extension")
    monkeypatch.setattr(sys.modules["protocol._cut"], "INTERFACE", number)

    assert extension("protocol._cut") is None
    assert is_stale("protocol._cut")


@pytest.mark.parametrize("asked", ["", "1", "yes"])
def test_nothing_is_imported_where_python_alone_is_asked_for(
    asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PURE, asked)

    assert (extension("protocol._cut") is None) == bool(asked)


def test_python_alone_passes_the_tests_of_all_that_c_does() -> None:
    files = [file for area in _AREAS for file in HERE.glob(f"test_{area}*.py")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files],
        check=False,
        env={**os.environ, PURE: "1"},
        cwd=HERE.parents[1],
        capture_output=True,
        encoding="utf-8",
    )

    assert len(files) >= 10
    assert done.returncode == 0, done.stdout
