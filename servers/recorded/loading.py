"""A fake service by the name of its file: answers, exchanges, or a capture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from servers.logs import logger_of

from .fakes import Fake
from .inputs import STDIN, called, lines_of
from .json_paths import JsonPaths
from .recordings import recordings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .fakes import Latency

# Nobody is shown a capture that is served: what it hides would not be answered.
_OF_CAPTURE = ("fixture", "--no-redact")

logger = logger_of("recorded")


class FakeOptions(TypedDict, total=False):
    """The options of :func:`load_fake`."""

    ignore: Sequence[str]
    latency: Latency
    strict: bool


def load_fake(
    name: str,
    *,
    ignore: Sequence[str] = (),
    latency: Latency = "recorded",
    strict: bool = False,
    remark: Callable[[str], None] = logger.warning,
) -> Fake:
    """Return the service that answers as a file says.

    Args:
        name: Of a file of ``protocol-inspect fixture``, or of JSON lines of
            ``protocol-inspect exchanges``, or of a capture; ``-`` for stdin.
        ignore: Paths of what in the data of requests does not matter: ``$.at``.
        latency: How long answers take: as ``"recorded"``, ``"none"``, or seconds.
        strict: Whether data that was not recorded is answered with an error.
        remark: Receives a sentence for each misspelt key; the log, unless given.

    Raises:
        UsageError: The file cannot be read, has a mistake or holds no answers, or a
            path is malformed.
    """
    ignored = JsonPaths(ignore)
    if name == STDIN:  # which may take long
        logger.info("reading stdin to its end, before anything is answered")
    with lines_of(name, _OF_CAPTURE) as lines:
        return Fake(
            recordings(lines, called(name), remark, answering=True),
            Path(called(name)).name,  # callers are not told where files are
            ignored=ignored,
            latency=latency,
            strict=strict,
        )
