"""The command in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.patience import PATIENCE
from tests.servers.serving.programs import Program

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = Path(sys.executable).with_name("protocol-serve")
SERVICE = """
import asyncio, os, sys
from servers import Service
service = Service()
service.message("pid")(os.getpid)
service.message("echo")(lambda data: data)

@service.message("hang")
async def hang():
    print("hanging", flush=True)
    await asyncio.Event().wait()

def make():
    return service
"""


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[Program]:
    """Run the command in a folder until the end of the block at the latest."""
    with subprocess.Popen(
        [PROGRAM, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            yield Program(process)
        finally:
            process.kill()


def outcome(
    folder: Path, *arguments: str, **environment: str
) -> tuple[int, str, list[str]]:
    """Run the command to its end; return its code, its output, its lines on stderr."""
    done = subprocess.run(
        [PROGRAM, *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr.splitlines()


def messages(text: str) -> list[str]:
    """Return log lines without the time and the process."""
    return [re.sub(r"^\S+ (\[\d+\] )?", "", line) for line in text.splitlines()]
