"""States of sources in a store, so that a run that was killed goes on where it was.

::

    api-1.3f2a….state:  header (JSON, one line) │ state
                        what was asked, which files are done, digest of the state

A state takes the place of the one before as a whole, so that there always is one. A
state of something else is refused: other options, another version, or files that have
changed since.
"""

from __future__ import annotations

import sys
from hashlib import blake2b
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import msgspec

from inspector.errors import InspectorError

from .freezing import FrozenError, freeze, thaw
from .placing import safe_name
from .storage import Identity  # noqa: TC001 — msgspec reads it
from .stores import NotOwnError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .stores import Store

_LAYOUT = 5


class Header(msgspec.Struct, frozen=True):
    """What a state is of.

    Attributes:
        asked: The options that change figures, and what computes them.
        source: The name of the source.
        files: The files that are in it, in order.
        digest: BLAKE2b of the state.
    """

    asked: str
    source: str
    files: list[Identity]
    digest: str


def asked_text(asked: dict[str, Any]) -> str:
    """Return what a state must have been asked to be of use: options and version."""
    python = ".".join(map(str, sys.version_info[:2]))
    about = [_LAYOUT, version("protocol-inspect"), python, asked]
    return msgspec.json.encode(about, order="deterministic").decode()


class Checkpoint:
    """The state of one source in a store.

    Args:
        store: The folder or URL.
        source: The name of the source.
        asked: What is asked, as :func:`asked_text` says it.
    """

    def __init__(self, store: Store, source: str, asked: str) -> None:
        self._store, self._source, self._asked = store, source, asked
        self._name = f"{safe_name(source)}.state"

    def load(
        self,
        files: Sequence[Identity],
        is_state: Callable[[object], bool] = lambda _: True,
    ) -> tuple[Any, int]:
        """Return the state and how many files are in it; None and 0 for none.

        Args:
            files: The files of the source as they are now, in order.
            is_state: Whether something is a state.

        Raises:
            InspectorError: It is of something else, or not whole.
        """
        data = self._read()
        if data is None:
            return None, 0
        header, state = self._checked(data, files), data.partition(b"\n")[2]
        if _digest(state) != header.digest:
            raise self._refused("is damaged")
        try:
            thawed = thaw(state)
        except FrozenError as error:
            raise self._refused(f"cannot be read: {error}") from error
        if not is_state(thawed):
            raise self._refused("is damaged")
        return thawed, len(header.files)

    def check(self, files: Sequence[Identity]) -> None:
        """Make sure that the state, if there is one, is of the same work.

        Raises:
            InspectorError: It is of other options or other files.
        """
        data = self._read()
        if data is not None:
            self._checked(data, files)

    def exists(self) -> bool:
        """Whether there is a state."""
        return self._store.exists(self._name)

    def _read(self) -> bytes | None:
        """Return the state; to read what somebody else has written runs what it names.

        Raises:
            InspectorError: Somebody else may have written it.
        """
        try:
            return self._store.read(self._name, own=True)
        except NotOwnError:
            problem = "may have been written by somebody else"
            raise self._refused(problem) from None

    def _checked(self, data: bytes, files: Sequence[Identity]) -> Header:
        """Return the header of a state that is one of the same work.

        Raises:
            InspectorError: It is of other options or other files.
        """
        try:
            header = msgspec.json.decode(data.partition(b"\n")[0], type=Header)
        except msgspec.MsgspecError:
            raise self._refused("is damaged") from None
        if header.asked != self._asked or header.source != self._source:
            raise self._refused("is of other options, or of another version")
        changed = [
            one.name
            for one, now in zip(header.files, files, strict=False)
            if one != now
        ]
        if changed or len(header.files) > len(files):
            which = changed[0] if changed else header.files[len(files)].name
            raise self._refused(f"is stale: {which} has changed since")
        return header

    def save(self, state: object, files: Sequence[Identity]) -> bool:
        """Keep a state; return whether that was possible.

        Raises:
            UnwritableOutputError: The store takes no more.
        """
        try:
            data = freeze(state)
        except FrozenError:  # such as of a compressed stream: the one before stays
            return False
        header = Header(self._asked, self._source, list(files), _digest(data))
        self._store.keep(self._name, msgspec.json.encode(header) + b"\n" + data)
        return True

    def _refused(self, problem: str) -> InspectorError:
        named = f"--checkpoint {self._store.place}"
        words = f"the state of {self._source} {problem}; remove it, or name another"
        return InspectorError(named, f"{words} folder")


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()
