r"""Whether a stream is Redis, by what it begins with, or somewhere in it.

The client speaks first, with a command as an array of strings: ``*2⏎$5⏎hello⏎$1⏎3⏎``.
What the broker answers hardly tells it from others, but for what it says of itself, and
what it hands on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Recognition, Verdict
from protocol.lazy_regex import lazy_regex

from .lines import asks, first_unit

if TYPE_CHECKING:
    import re

_COMMAND = lazy_regex(rb"\*[1-9]\d{0,6}\r\n\$(\d{1,2})\r\n([A-Za-z]{1,32})\r\n")
_COMMAND_BEGUN = lazy_regex(
    rb"\*(?:[1-9]\d{0,6}(?:\r(?:\n(?:\$(?:\d{1,2}(?:\r(?:\n[A-Za-z]{0,32}\r?)?)?)?)?)?)?)?\Z"
)
_BROKER = (
    b"%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n",
    b"-ERR unknown subcommand 'SETINFO'",
    b"-NOAUTH Authentication required.\r\n",
    b">3\r\n$9\r\nsubscribe\r\n",
    b">3\r\n$10\r\npsubscribe\r\n",
)
_LONG = lazy_regex(rb"[$=]\d{3,6}\r\n(?:txt:)?")
_LONG_BEGUN = lazy_regex(rb"[$=](?:\d{1,6}(?:\r(?:\nt?x?t?)?)?)?\Z")
_INFO = b"# Server\r\nredis_version:"
_CONFIRMED = lazy_regex(
    rb"\*3\r\n\$\d{1,2}\r\np?subscribe\r\n\$\d{1,4}\r\n[^\r\n]*\r\n:1"
)
_OK = b"+OK\r\n"  # what many say


def recognise(beginning: bytes) -> Recognition | Verdict:
    """Judge a stream by the bytes that one side begins with."""
    if _CONFIRMED.match(beginning):
        return Recognition(asks=False)
    command = _COMMAND.match(beginning)
    if command:
        return _command(beginning, command)
    if _COMMAND_BEGUN.match(beginning):
        return Verdict.UNDECIDED
    rest = beginning
    while rest.startswith(_OK):
        rest = rest[len(_OK) :]
    if _LONG_BEGUN.match(rest):
        return Verdict.UNDECIDED
    long = _LONG.match(rest)
    if long:
        rest = rest[long.end() :]
    known = (_INFO,) if long else _BROKER
    if rest.startswith(known):
        return Recognition(asks=False)
    begun = any(each.startswith(rest) for each in (*known, _OK))
    return Verdict.UNDECIDED if begun else Verdict.OTHER


def _command(beginning: bytes, command: re.Match[bytes]) -> Recognition | Verdict:
    """Judge what begins like a command: a confirmation begins like one, too."""
    if int(command[1]) != len(command[2]):
        return Verdict.OTHER
    if beginning.startswith(b"*3") and command[2] in {b"subscribe", b"psubscribe"}:
        known = asks(beginning, 0)
        return Verdict.UNDECIDED if known is None else Recognition(asks=known)
    return Recognition(asks=True)


def find(middle: bytes, *, boundary: bool = True) -> Recognition | None:
    """Find the first unit in the middle of a stream.

    Args:
        middle: Consecutive bytes of one side.
        boundary: Whether they begin where a captured packet did.
    """
    place = first_unit(middle, boundary=boundary)
    return None if place < 0 else Recognition(place, asks=asks(middle, place))
