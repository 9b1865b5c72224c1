"""Secrets planted in a conversation, and the claim that nothing shows or writes one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.inspector.captures import pcap_bytes
from tests.inspector.command import run

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.inspector.conversation import Wire

HIDDEN = ("--redact", "auto")
_PLANTED = re.compile(rb"planted-\d{6}")
_WRITING = ("exchanges",)
_WAYS = (
    ("exchanges", "--json"),
    _WRITING,
    ("packets", "--json"),
    ("packets",),
    ("follow", "1"),
    ("--json",),
)


class Planter:
    """Makes secrets, each another one, when it is called.

    Attributes:
        planted: How many it has made.
    """

    def __init__(self) -> None:
        self.planted = 0

    def __call__(self) -> str:
        """Return another secret."""
        self.planted += 1
        return f"planted-{self.planted:06}"


def check_that_none_is_shown_or_written(
    wire: Wire,
    planted: int,
    folder: Path,
    ways: Iterable[tuple[str, ...]] = _WAYS,
    hidden: tuple[str, ...] = HIDDEN,
) -> Path:
    """Read a capture in every way with ``--redact auto``; return it, written so.

    The one whose exchanges are listed for people is written meanwhile.

    Args:
        wire: What passed.
        planted: How many secrets are in it, each of which must be there to be found.
        folder: For the capture, and for what is written.
        ways: Words of the command: before the capture, unless an option, and after it.
            That which writes is among them, or there are none.
        hidden: Options of each run, what is to be hidden among them.
    """
    capture, written = folder / "planted.pcap", folder / "written.pcapng"
    data = pcap_bytes(wire.records)
    capture.write_bytes(data)

    assert len(set(_PLANTED.findall(data))) == planted
    for way in [*ways] or [_WRITING]:
        head, *rest = way
        words = [head, str(capture), *rest] if head[0] != "-" else [str(capture), head]
        writes = ("--write", str(written)) if way == _WRITING else ()
        outcome = run(*words, *writes, *hidden)
        assert outcome.out
        assert not _PLANTED.findall((outcome.out + outcome.err).encode()), way
    assert written.stat().st_size > len(data) // 2
    assert not _PLANTED.findall(written.read_bytes())
    return written
