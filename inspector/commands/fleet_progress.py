"""How far a run over a fleet is: a bar at a terminal, by the bytes that were read."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from inspector.fleet.checkpoints import safe_name
from inspector.views.progress import ProgressBar
from inspector.views.theme import make_console

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import TextIO

    from inspector.fleet.sources import Source


class Progress:
    """Shows what workers say of their progress, in files of the folder of the run.

    Args:
        stream: Where it is shown; on no terminal it never is.
        folder: The folder.
        sources: The sources.
    """

    def __init__(self, stream: TextIO, folder: str, sources: Sequence[Source]) -> None:
        self._places = [Path(folder) / f"{safe_name(s.name)}.progress" for s in sources]
        for place in self._places:
            place.unlink(missing_ok=True)
        paths = [Path(file) for source in sources for file in source.files]
        known = [path.stat().st_size for path in paths if path.is_file()]
        total = sum(known) if len(known) == len(paths) else None
        console = make_console(stream)
        self._enabled = console.is_terminal
        self._bar = ProgressBar(console, total)

    def look(self) -> None:
        """Show how far the workers are now."""
        if not self._enabled:
            return
        done = 0
        for place in self._places:
            with suppress(OSError, ValueError):
                done += int(place.read_bytes())
        self._bar.update(done)

    def __enter__(self) -> Self:
        self._bar.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        place: TracebackType | None,
    ) -> None:
        self._bar.__exit__(kind, error, place)
