"""Real Nest, asked: one Node process for each version, and lines of JSON to it.

::

    with Nest.start("v12") as nest:
        nest.ask("streams", [{"chunks": [...], "limit": None}])

What is asked is answered by Nest's own classes; see ``nest/oracle.mjs``.
"""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from captures.processes import find_node
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NEST = Path(__file__).parents[2] / "nest"
VERSIONS = ("v10", "v11", "v12")
"""Folders of ``nest/``: 10.4, 11.2 and 12.1."""


@dataclass(frozen=True)
class Nest:
    """One version of Nest, in a Node process of its own."""

    version: str
    process: subprocess.Popen[str]

    @classmethod
    @contextmanager
    def start(
        cls, version: str, script: str = "oracle.mjs", *words: str
    ) -> Iterator[Nest]:
        """Start the Nest of a folder of ``nest/``, and end it at the end.

        Args:
            version: The folder.
            script: What asks it, in ``nest/``.
            words: What else that is given.
        """
        program: list[str | Path] = [find_node(), NEST / script, NEST / version]
        with subprocess.Popen(
            [*program, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        ) as process:
            try:
                yield cls(version, process)
                assert process.stdin
                process.stdin.close()
                assert process.wait(PATIENCE) == 0
            finally:
                process.kill()

    def ask(self, what: str, items: Sequence[object]) -> list[Any]:
        """Return Nest's answers, one for each item."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"ask": what, "items": items}) + "\n")
        self.process.stdin.flush()
        answers: list[Any] = json.loads(self.process.stdout.readline())["answers"]
        assert len(answers) == len(items)
        return answers


@dataclass(frozen=True)
class Nests:
    """All versions, asked at the same time."""

    nests: tuple[Nest, ...]
    threads: ThreadPoolExecutor

    @classmethod
    @contextmanager
    def start(cls) -> Iterator[Nests]:
        """Start one process for each version."""
        with ExitStack() as stack:
            nests = tuple(stack.enter_context(Nest.start(v)) for v in VERSIONS)
            threads = stack.enter_context(ThreadPoolExecutor(len(nests)))
            yield cls(nests, threads)

    def ask(self, what: str, items: Sequence[object]) -> dict[str, list[Any]]:
        """Return version → its answers, one for each item."""
        asked = self.threads.map(lambda nest: nest.ask(what, items), self.nests)
        return dict(zip(VERSIONS, asked, strict=True))
