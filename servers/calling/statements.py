"""What is typed at the prompt, a statement at a time.

::

    send PATTERN [DATA]
    use calc

A pattern that begins with ``{``, ``[`` or ``"`` is JSON, and ends where that does; else
it is one word. Data is the rest. A statement whose JSON is open goes on in the next
line.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import NamedTuple

CALLS = ("send", "emit", "stream")
COMMANDS = {
    "send": ("PATTERN [DATA]", "send a message and show its reply"),
    "emit": ("PATTERN [DATA]", "send an event, which has no reply"),
    "stream": ("PATTERN [DATA]", "send a message and show every value of its reply"),
    "use": ("HOST:PORT | unix:/PATH | NAME", "call another server"),
    "metadata": ("[JSON | off]", "what a Nest 12 handler finds in its context"),
    "timeout": ("[SECONDS | off]", "the limit for a reply, or each value of a stream"),
    "help": ("", "this list"),
    "exit": ("", "leave; so does Ctrl-D. Ctrl-C cancels a call"),
}
"""Command → what follows it, and what it does."""
OFF = "off"
_OPENING, _CLOSING = "{[", "}]"


class StatementError(ValueError):
    """This is no statement."""


class IncompleteError(StatementError):
    """The statement goes on in the next line."""


class Statement(NamedTuple):
    """A statement.

    Attributes:
        command: One of :data:`COMMANDS`.
        word: The pattern of a call; of other commands all that follows.
        data: The data of a call; None if there is none.
    """

    command: str
    word: str
    data: str | None = None


def parse_statement(text: str) -> Statement | None:
    """Return a statement; None for an empty line.

    Raises:
        IncompleteError: It goes on in the next line.
        StatementError: It is no statement.
    """
    command, _, rest = text.strip().partition(" ")
    if not command:
        return None
    if command not in COMMANDS:
        raise StatementError(_unknown(command))
    if command in CALLS:
        word, data = _split(rest.strip())
        if not word:
            raise StatementError(f"{command} needs a pattern: {command} PATTERN [DATA]")
        _split(data)
        return Statement(command, word, data or None)
    word, after = _split(rest.strip())
    if after or (word and not COMMANDS[command][0]):
        excess = after or word
        raise StatementError(f"{command}: {excess!r} is too much; try help")
    return Statement(command, word)


def is_incomplete(text: str) -> bool:
    """Whether a statement goes on in the next line."""
    try:
        parse_statement(text)
    except IncompleteError:
        return True
    except StatementError:
        return False
    return False


def _unknown(command: str) -> str:
    meant = get_close_matches(command, COMMANDS, n=1)
    hint = f"did you mean {meant[0]}?" if meant else "try help"
    return f"no command {command!r}; {hint}"


def _split(text: str) -> tuple[str, str]:
    """Return the first word, or JSON value, and the rest.

    Raises:
        IncompleteError: The value is open.
    """
    if text[:1] not in {*_OPENING, '"'}:
        word, *rest = [*text.split(maxsplit=1), ""][:2] if text else ("", "")
        return word, "".join(rest)
    end = _end_of_json(text)
    return text[:end], text[end:].lstrip()


def _end_of_json(text: str) -> int:
    """Return where the first JSON value ends, however wrong it is inside.

    Raises:
        IncompleteError: A list or an object is open.
    """
    depth, in_string, escaped = 0, False, False
    for place, character in enumerate(text):
        if in_string:
            in_string = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_string = True
        else:
            depth += (character in _OPENING) - (character in _CLOSING)
        if not in_string and depth <= 0:
            return place + 1
    if in_string:
        return len(text)  # no string goes on in the next line
    raise IncompleteError("a list or an object is open")
