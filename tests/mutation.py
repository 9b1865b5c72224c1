"""Show which small changes of a module its own tests notice.

    python -m tests.mutation inspector/tcp/connections.py [--all | --sample N --seed N]

Changes a module (``tests.mutants`` lists how) in a copy of the project, one change at a
time, and runs its own test files on each: ``test_<module>.py`` where the tests mirror
it, and ``test_<module>_….py`` beside it. A change is caught where they fail or hang;
where they pass it survived. What ``tests/survivors.toml`` lists changes nothing that a
test could notice, for the reason that stands there, and does not count. With
``--least`` the exit code is 1 below that percentage.

Nothing is left behind: the copy is removed, and so is whatever a test started.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from importlib.util import cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING

from protocol.native import PURE
from tests.mutants import Mutant, mutants

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[1]
_SAMPLE = 60
_SLOWER = 10  # times as long as unchanged, from which on tests hang
_SHORTEST = 60.0  # seconds that tests have at least
_MEMORY = 4 << 30  # bytes that a process may take, so that no change takes them all
_IGNORED = shutil.ignore_patterns(
    ".git", ".venv", "node_modules", "__pycache__", ".*_cache", ".hypothesis"
)


class Copy:
    """A copy of the project in which one module is changed.

    Args:
        folder: Where it is to be.
        module: The module, from the root of the project.
        root: The project.

    Attributes:
        root: The copy.
        limit: Seconds after which the tests are taken to hang.
    """

    def __init__(self, folder: Path, module: Path, root: Path = ROOT) -> None:
        self.root = folder / root.name
        shutil.copytree(root, self.root, ignore=_IGNORED, symlinks=True)
        for modules in root.glob("nest/*/node_modules"):
            (self.root / modules.relative_to(root)).symlink_to(modules)
        self._module = self.root / module
        self.tests = own_tests(self.root, module)
        self.limit = float("inf")

    def measure(self) -> None:
        """Run the tests unchanged, to know how long they take.

        Raises:
            SystemExit: They fail.
        """
        for _ in range(2):  # the first time modules are compiled
            begun = time.monotonic()
            if self._run() != "passed":
                raise SystemExit(f"{self.tests[0]} fails before anything is changed")
            taken = time.monotonic() - begun
        self.limit = max(_SHORTEST, _SLOWER * taken)

    def judge(self, source: str) -> str:
        """Return how the tests end on a changed module: passed, failed or hung."""
        self._module.write_text(source, encoding="utf-8")
        # Two changes within a second, of one size, have one cache.
        Path(cache_from_source(str(self._module))).unlink(missing_ok=True)
        return self._run()

    def _run(self) -> str:
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
        process = subprocess.Popen(
            [*command, *self.tests],
            cwd=self.root,
            # What is changed is Python, which C would otherwise do the work of.
            env={**os.environ, PURE: "1", "PYTHONPATH": str(self.root)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        resource.prlimit(process.pid, resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
        try:
            code = process.wait(None if self.limit == float("inf") else self.limit)
        except subprocess.TimeoutExpired:
            return "hung"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return "failed" if code else "passed"


def own_tests(root: Path, module: Path) -> list[Path]:
    """Return the test files of a module: the one that mirrors it, and its parts."""
    folder = root / "tests" / module.parent
    siblings = {file.stem for file in (root / module.parent).glob("*.py")}
    parts = [
        file
        for file in sorted(folder.glob(f"test_{module.stem}_*.py"))
        if file.stem.removeprefix("test_") not in siblings
    ]
    return [folder / f"test_{module.name}", *parts]


def known_survivors(root: Path = ROOT) -> dict[tuple[str, str, str, str], str]:
    """Return what no test can notice → the reason.

    What that is says its module and function, the text of its line, and the change.
    """
    file = root / "tests" / "survivors.toml"
    listed = tomllib.loads(file.read_text(encoding="utf-8")).get("survivor", [])
    return {
        (each["module"], each["function"], each["text"], each["change"]): each["reason"]
        for each in listed
    }


def verdicts(copy: Copy, chosen: Sequence[Mutant]) -> Iterator[tuple[Mutant, str]]:
    """Yield each change with how the tests end on it, once they have."""
    copy.measure()
    for mutant in chosen:
        yield mutant, copy.judge(mutant.source)


def chosen_from(found: Sequence[Mutant], options: argparse.Namespace) -> list[Mutant]:
    """Return the changes to try: all, or as many as are wanted, the same for a seed."""
    if options.all or len(found) <= options.sample:
        return list(found)
    rng = random.Random(options.seed)  # noqa: S311 — the same choice for a seed
    return sorted(rng.sample(found, options.sample), key=found.index)


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Print each change and what became of it, then the ratio; return the exit code."""
    options = _parser().parse_args(arguments)
    module: Path = options.module
    known = known_survivors(root)
    found = mutants((root / module).read_text(encoding="utf-8"))
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copy = Copy(Path(folder), module, root)
        for mutant, end in verdicts(copy, chosen_from(found, options)):
            place = (module.as_posix(), mutant.function, mutant.text)
            reason = known.get((*place, mutant.change))
            counts[_tell(module, mutant, end, reason)] += 1
    return _conclude(counts, len(found), options.least)


def _tell(module: Path, mutant: Mutant, end: str, reason: str | None) -> str:
    """Print what became of a change; return it as it is counted."""
    verdict = "caught" if end == "failed" else end
    if end == "passed":
        verdict = "survived" if reason is None else "known"
    print(f"{verdict:8}  {module}:{mutant.line} {mutant.function}")
    print(f"          {mutant.change}", flush=True)
    if reason is not None:
        print(f"          {reason}", flush=True)
    return verdict


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("module", type=Path, help="from the root of the project")
    parser.add_argument("--all", action="store_true", help="every change")
    parser.add_argument("--sample", type=int, default=_SAMPLE, help="so many of them")
    parser.add_argument("--seed", type=int, default=1, help="which of them")
    parser.add_argument(
        "--least", type=float, default=0, help="percentage to be caught"
    )
    return parser


def _conclude(counts: Counter[str], found: int, least: float) -> int:
    caught = counts["caught"] + counts["hung"]
    counted = caught + counts["survived"]
    percentage = 100 * caught / counted if counted else 100.0
    print(
        f"\n{caught} of {counted} changes caught: {percentage:.0f} %"
        f" ({counts.total()} of {found} tried,"
        f" {counts['known']} of them known to change nothing)"
    )
    return int(percentage < least)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # which removes the copy too
    sys.exit(main())
