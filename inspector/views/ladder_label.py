"""The label at the origin of an arrow, in the room available.

A lane of several says who is meant: ``.10 users.find id:7 #421 to .5``. Where room is
short the data goes first, then the pattern is cut, then who is meant goes; the number
of the exchange always stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.participants import Participant, participants
from protocol.lazy_regex import lazy_regex

from .cells import cell_len
from .rendering import ELLIPSIS
from .text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .ladder_rows import Arrow, Words

_LEAST_WORDS = 6
"""Cells of a pattern that are worth more than who is meant."""
_LEAST_DATA = 3
# A pattern of one key that is written short: a colon outside quotes.
_KEYED = lazy_regex(
    r'((?:[\d,]+ × )?)([^\s"\\:,{}\[\]]+):([^"\\:,{}\[\]]+|"(?:[^"\\]|\\.)*")'
)


def speaking(arrow: Arrow) -> tuple[Participant, Participant]:
    """Return from whom an arrow goes, and to whom."""
    client, server = participants(arrow.connection)
    return (client, server) if arrow.from_client else (server, client)


def common_key(arrows: Iterable[Arrow]) -> str:
    """Return the one key that all patterns have, and have alone; or nothing."""
    patterns = {arrow.label[0][0] for arrow in arrows if arrow.label[0][1] == "route"}
    keys = {_key(pattern) for pattern in patterns}
    return keys.pop() if len(keys) == 1 else ""


def arrow_label(row: Arrow, room: int, origin: str, target: str, *, key: str) -> Text:
    """Return the words at an arrow's origin.

    Args:
        row: The arrow.
        room: Cells that there are.
        origin: Which of several on its lane it comes from; may be empty …
        target: … and which one it goes to.
        key: Of all patterns; it is left out.
    """
    words = _without_key(row.label, key) if key else row.label
    number = f" {row.exchange}" if row.exchange else ""
    before, after = (
        (f"{origin} " if origin else ""),
        (f" to {target}" if target else ""),
    )
    needed = cell_len(" ".join(word for word, _ in words))
    asked = row.exchange_kind == "request"
    least = min(needed, _LEAST_WORDS)
    for head, tail in ((before, after), (before, ""), ("", "")):
        rest = room - len(head) - len(number) - len(tail)
        # A reply goes where its request came from, which its number tells as well.
        if rest >= (least if asked or not tail else needed):
            break
    text = Text(head, "muted").append_text(_cut(words, rest))
    text.append((number if text or not number else number[1:]) + tail, "muted")
    return text


def _cut(words: list[Words], room: int) -> Text:
    """Return words in some cells: what comes after the first is cut before it is."""
    text = Text()
    for index, (word, role) in enumerate(words):
        left = room - text.cell_len - bool(index)
        if index and left < min(_LEAST_DATA, Text(word).cell_len):
            break
        part = Text(word, role)
        if part.cell_len > left:
            part.truncate(max(left - 1, 0), ellipsis=False)
            part.rstrip()
            part.append(ELLIPSIS if left > 0 else "")
        text.append(" " if index else "").append_text(part)
    return text


def _key(pattern: str) -> str:
    found = _KEYED.fullmatch(pattern)
    return found[2] if found else ""


def _without_key(words: list[Words], key: str) -> list[Words]:
    """Return words whose pattern has no key; a string that comes late is quoted."""
    pattern, role = words[0]
    if role != "route":
        return words
    found = _KEYED.fullmatch(pattern)
    if found and found[2] == key:
        return [(found[1] + found[3], role), *words[1:]]
    late = pattern if '"' in pattern or ":" in pattern else f'"{pattern}"'
    return [(late, role), *words[1:]]
