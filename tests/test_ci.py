"""What a new machine must pass fails when a test did not run, whatever pytest says."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import ROOT
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

_RULE = "=" * 20


def _run(
    folder: Path, said: str, *, check: int = 0, test: int = 0
) -> subprocess.CompletedProcess[str]:
    """Run ``.ci/run`` with a make whose two targets end as they are told."""
    fake, made, output = (folder / name for name in ("make", "made", "output"))
    output.write_text(said, encoding="utf-8")
    fake.write_text(
        f'#!/bin/sh\necho $* >>{made}\n[ "$1" = check ] && exit {check}\n'
        f"cat {output}\nexit {test}\n",
        encoding="utf-8",
    )
    fake.chmod(0o755)
    return subprocess.run(
        [ROOT / ".ci" / "run"],
        check=False,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"},
        timeout=PATIENCE,
    )


def test_the_checks_come_first_and_the_closing_line_last(tmp_path: Path) -> None:
    closing = f"{_RULE} 7000 passed in 754.32s (0:12:34) {_RULE}"
    done = _run(tmp_path, f"....\n{closing}\nmake: leaving\n")

    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == closing
    assert (tmp_path / "made").read_text(encoding="utf-8") == "check\ntest\n"


@pytest.mark.parametrize(
    "closing",
    [
        "7000 passed, 1 skipped in 754.32s (0:12:34)",
        "7000 passed, 3 deselected in 3.21s",
        "no tests ran in 0.01s",
        "5 skipped in 0.01s",
    ],
)
def test_tests_that_did_not_run_fail(tmp_path: Path, closing: str) -> None:
    done = _run(tmp_path, f"{_RULE} {closing} {_RULE}\n")

    assert done.returncode == 1
    assert closing in done.stdout
    assert "not every test ran" in done.stderr


def test_silence_fails(tmp_path: Path) -> None:
    done = _run(tmp_path, "")

    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "pytest said nothing"


def test_failed_tests_fail_with_their_closing_line(tmp_path: Path) -> None:
    closing = f"{_RULE} 1 failed, 6999 passed in 754.32s (0:12:34) {_RULE}"
    done = _run(tmp_path, f"{closing}\nmake: *** [Makefile:22: test] Error 1\n", test=2)

    assert done.returncode == 2
    assert done.stdout.splitlines()[-1] == closing


def test_failed_checks_stop_before_any_test(tmp_path: Path) -> None:
    done = _run(tmp_path, "", check=2)

    assert done.returncode == 2
    assert (tmp_path / "made").read_text(encoding="utf-8") == "check\n"


def test_what_is_compiled_is_kept_whatever_the_environment_says() -> None:
    said = "shown: ; @echo [$$PYTHONDONTWRITEBYTECODE]"
    shown = subprocess.run(
        ["make", "--no-print-directory", "--eval", said, "shown"],  # noqa: S607
        check=True,
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        timeout=PATIENCE,
    )

    assert shown.stdout == "[]\n"
