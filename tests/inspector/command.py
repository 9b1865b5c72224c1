"""Runs of the command ``protocol-inspect``, in this process or in one of its own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from inspector.cli import main
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROGRAM = Path(sys.executable).with_name("protocol-inspect")
ROOT = Path(__file__).parents[2]


class Run(NamedTuple):
    """How the command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines on stdout; strings in them may hold other ends of lines."""
        return [json.loads(line) for line in self.out.split("\n") if line]


def run(*arguments: str | Path, width: int | None = 80) -> Run:
    """Run the command in this process, its output piped.

    Args:
        arguments: Those of the command.
        width: The value of ``COLUMNS``; None where it is not set.
    """
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    with _columns(width), redirect_stdout(out), redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    for stream in (out, err):
        stream.flush()
    return Run(code, _written(out), _written(err))


@contextmanager
def _columns(width: int | None) -> Iterator[None]:
    """Set ``COLUMNS`` meanwhile; all else of the environment is not even copied."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "" if width is None else str(width)
    try:
        yield
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before


def _written(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8")


def spawn(
    *arguments: str | Path,
    stdin: bytes | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run the installed command from the root of the project, its output piped."""
    return subprocess.run(
        [PROGRAM, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        check=False,
        cwd=ROOT,
        timeout=PATIENCE,
        env={**os.environ, "COLUMNS": "80", **(environment or {})},
    )
