"""A ladder as a sequence diagram in Mermaid, for a document.

Source: https://mermaid.js.org/syntax/sequenceDiagram.html: arrows, notes, and entity
codes for ``#`` and ``;``, which have a meaning of their own.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from inspector.calls.participants import participants
from inspector.views.ladder_lanes import speaker_name
from inspector.views.ladder_rows import Ladder, Note
from inspector.views.output_format import Format, registered
from inspector.views.rendering import ELLIPSIS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from inspector.journal import CapturedPacket
    from inspector.streams.connections import Connection
    from inspector.views.ladder_rows import Arrow, Row
    from inspector.views.output_format import Found, LadderOptions

_LONGEST = 60  # characters of a label
_CODES = str.maketrans({"#": "#35;", ";": "#59;", "<": "#lt;", ">": "#gt;"})
_ARROWS = {"request": "->>", "event": "-)", "reply": "-->>"}


@registered("a sequence diagram")
class Mermaid(Format):
    """A sequence diagram; who reads it draws it."""

    def ladder(
        self,
        packets: Iterator[CapturedPacket],
        found: Found,
        options: LadderOptions,
    ) -> None:
        """Write what passed, an arrow or a note on each line; nothing for nothing."""
        rows = Ladder(unfolded=options.unfolded, acks=options.acks).rows(packets)
        first = next(rows, None)
        if first is not None:
            for line in mermaid_lines(chain([first], rows), options.names):
                self.write_line(line.encode())


def mermaid_lines(rows: Iterable[Row], names: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of a diagram; who speaks is declared when it first does.

    Args:
        rows: Of the ladder.
        names: Port of a server → what to call it.
    """
    known: dict[str, str] = {}
    yield "sequenceDiagram"
    for row in rows:
        for name in _speakers(row.connection, names):
            if name not in known:
                known[name] = f"p{len(known)}"
                yield f"    participant {known[name]} as {_coded(name)}"
        client, server = (known[name] for name in _speakers(row.connection, names))
        if isinstance(row, Note):
            words = "  ".join(word for word, _ in row.words)
            yield f"    Note over {client},{server}: {_coded(words)}"
        else:
            ends = (client, server) if row.from_client else (server, client)
            sign = _ARROWS.get(row.exchange_kind, "--)")
            yield f"    {ends[0]}{sign}{ends[1]}: {_label(row)}"


def _speakers(connection: Connection, names: Mapping[str, str]) -> tuple[str, str]:
    client, server = participants(connection)
    return speaker_name(client, names), speaker_name(server, names)


def _label(arrow: Arrow) -> str:
    words = " ".join(word for word, _ in arrow.label)
    if len(words) > _LONGEST:
        words = words[:_LONGEST] + ELLIPSIS
    return _coded(f"{words} {arrow.exchange}".strip())


def _coded(text: str) -> str:
    return text.translate(_CODES)
