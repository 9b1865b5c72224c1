"""The keys, as ``?`` lists them."""

from __future__ import annotations

from inspector.views.text import Text

HELP = (
    ("Move", ""),
    ("↑ ↓ j k", "row above, row below; Page Up, Page Down; g first, G last"),
    ("1 … 7", "the views, in the order of their names; 5 again: a chain"),
    ("Tab", "from the list to the details, and back"),
    ("Enter", "open: all of an exchange, or what a pattern, service … holds"),
    ("Esc", "back; then clear the filter; it never quits"),
    ("e E", "next, previous exchange that failed"),
    ("n N", "next, previous one with a warning or an error"),
    ("Find", ""),
    ("/", "filter: words, #422, and expressions as --where takes them"),
    ("Tab", "in the filter: complete a field, a value or a pattern"),
    ("s S", "sort by the next column; turn the order round"),
    ("Take along", ""),
    ("y Y", "copy the call as a protocol-call line, as JSON"),
    ("c", "copy the command that lists the same"),
    ("w", "write what is marked, or else listed: a capture, or a page"),
    ("Space", "mark; = compares the two that were marked last"),
    ("Details", ""),
    ("Enter z", "fold an object or array; go to the exchange that a line names"),
    ("Z", "fold all that is inside, or unfold everything"),
    ("Live", ""),
    ("p", "pause, and go on"),
    ("G", "follow the end; any other move stays where it is"),
    ("q", "quit"),
)
"""Key and what it does; a heading where that is empty."""
_ROOM = 10


def help_lines() -> list[Text]:
    """Return what the keys do."""
    lines: list[Text] = []
    for key, words in HELP:
        if not words:
            lines += [Text()] * bool(lines) + [Text(key, "title")]
            continue
        lines.append(Text.assemble((f"{key:<{_ROOM}}", "command"), words))
    mouse = "a click selects, two open, one on a heading sorts"
    return [*lines, Text(), Text.assemble((f"{'Mouse':<{_ROOM}}", "title"), mouse)]
