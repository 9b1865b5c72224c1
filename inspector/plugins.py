"""Third-party packages: how they are found, and how their errors are contained.

Each names what it provides by an entry point of one of our groups. Nothing of theirs
stops an inspection: what cannot be loaded is left out, what fails later is passed over,
and a warning says so, once.

``importlib.metadata`` takes longer to load, and to read the metadata of every package,
than a small capture takes to be inspected; hardly anybody has installed such a package.
To look whether a file of entry points names the group at all takes a tenth of that.
"""

from __future__ import annotations

import os
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from importlib.metadata import EntryPoint
    from types import TracebackType

T = TypeVar("T")

_INFO, _FILE = "-info", "entry_points.txt"
"""In folders ``.dist-info`` and ``.egg-info``, of a folder of packages."""
_EGG = ".egg"
_OURS = ("inspector.", "protocol.", "importlib", "_frozen_importlib")
_MOST_WORDS = 200  # characters of what an error says
FAILURES = (Exception, SystemExit, GeneratorExit)
"""What third-party code may raise that is no request of the user's to stop.

Nor may it end the program: ``sys.exit()`` in it is a mistake as any other.
"""


class Guard:
    """Asks something of a third-party package, and warns when that fails.

    To fail is to raise, whatever it is but a request to stop.

    Args:
        subject: What it is, as the warnings name it: ``carrier lines``.
        category: The class of the warnings.
    """

    def __init__(self, subject: str, category: type[Warning]) -> None:
        self._subject = subject
        self._category = category
        self._failed: set[str] = set()

    def ask(self, part: str, ask: Callable[[], T], otherwise: T) -> T:
        """Return what ``ask`` returns; ``otherwise``, and warn, where it fails."""
        try:
            return ask()
        except FAILURES as error:
            self.warn(part, described(error))
            return otherwise

    def warn(self, part: str, reason: str) -> None:
        """Warn that a part fails, but not again: every call of it may fail."""
        if part not in self._failed:
            self._failed.add(part)
            text = f"{self._subject} fails to {part}: {reason}"
            warnings.warn(text, self._category, stacklevel=4)


def load(
    group: str,
    words: str,
    category: type[Warning],
    problem_of: Callable[[object], str] = lambda _: "",
) -> Iterator[tuple[EntryPoint, object]]:
    """Yield what the entry points of a group name, in the order of their names.

    Args:
        group: The group.
        words: What is said of one that cannot be used, ``{}`` for its name.
        category: The class of the warning that says it.
        problem_of: Returns why something that was loaded cannot be used; nothing if it
            can.
    """
    for entry in sorted(entry_points(group), key=lambda each: each.name):
        try:
            found: object = entry.load()
            problem = problem_of(found)
        except FAILURES as error:
            found, problem = None, described(error)
        if problem:
            leave_out(entry, words, category, problem)
        else:
            yield entry, found


def leave_out(
    entry: EntryPoint, words: str, category: type[Warning], reason: str
) -> None:
    """Warn that what an entry point names is not used; see :func:`load`."""
    subject = words.format(f"{entry.name} ({entry.value})")
    warnings.warn(f"{subject}: {reason}", category, stacklevel=3)


def entry_points(group: str) -> Iterable[EntryPoint]:
    """Return the entry points of a group, of all packages that can be imported."""
    if not any(_may_name(group, Path(folder or os.curdir)) for folder in sys.path):
        return ()
    from importlib.metadata import entry_points as read  # noqa: PLC0415

    return read(group=group)


def _may_name(group: str, folder: Path) -> bool:
    """Whether a package in a folder may have an entry point of a group.

    What is not a folder, such as an archive, may; so may an egg, and a file that
    cannot be read.
    """
    try:
        if not folder.is_dir():
            return folder.exists()
        named = _named_in(folder, folder.stat().st_mtime_ns)
    except OSError:
        return True
    return named is None or group.encode() in named


@cache  # several groups are looked for, one after the other
def _named_in(folder: Path, changed_ns: int) -> bytes | None:  # noqa: ARG001 — the key
    """Return the text of all entry points in a folder; None where an egg may hide some.

    Args:
        folder: The folder.
        changed_ns: When a package was last added or removed, in nanoseconds since 1970.

    Raises:
        OSError: A file cannot be read.
    """
    names = os.listdir(folder)  # noqa: PTH208 — a pattern takes longer than all files
    if any(name.endswith(_EGG) for name in names):
        return None
    files = (folder / name / _FILE for name in names if name.endswith(_INFO))
    return b"\n".join(each.read_bytes() for each in files if each.exists())


def described(error: BaseException, *, words: bool = True) -> str:
    """Return what was raised, and where: ``ValueError: no such bird (post.py:41)``.

    Args:
        error: What was raised.
        words: Whether its own words may be shown: they may quote what passed.
    """
    said = _words_of(error) if words else ""
    return f"{type(error).__name__}{said}{_place(error.__traceback__)}"


def _words_of(error: BaseException) -> str:
    try:
        text = " ".join(str(error).split())
    except Exception:  # noqa: BLE001 — it is third-party code too
        return ""
    return f": {text[:_MOST_WORDS]}" if text else ""


def _place(traceback: TracebackType | None) -> str:
    """Return the last third-party line that an error came through."""
    place = ""
    while traceback is not None:
        frame = traceback.tb_frame
        module = str(frame.f_globals.get("__name__"))
        if not module.startswith(_OURS):
            file = frame.f_code.co_filename.rpartition("/")[2]
            place = f" ({file}:{traceback.tb_lineno})"
        traceback = traceback.tb_next
    return place
