"""The colour roles: what a part of a line is, and how that looks.

Only ANSI names are used, so the user's terminal decides what they look like. Colour is
never alone: each role has a word, a mark or a place as well.
"""

from __future__ import annotations

ROLES = {
    "answer": "bold",
    "title": "bold",
    "route": "bold",
    "muted": "dim",
    "good": "green",
    "note": "blue",
    "warning": "yellow",
    "error": "bold red",
    "client": "cyan",
    "server": "magenta",
    "command": "cyan",
}
"""Role → style, as rich names it."""
