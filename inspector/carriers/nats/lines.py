"""Which control lines there are, and the next one in any bytes.

A line begins with its verb, in letters of either case; words are separated by blanks
and tabs, and a line ends with a line feed, before which there may be a carriage return.

Source: ``nats-server``, ``server/parser.go`` and ``server/client.go``; which lines it
takes is asked of it by the tests.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

from .subjects import is_inbox, subject_of

if TYPE_CHECKING:
    from collections.abc import Iterator

REACH = 512
"""Bytes that a control line may have to be found in the middle of a stream."""
HEADERS = b"NATS/1.0"
"""With which the headers of a message begin."""
NO_RESPONDERS = "503"
"""The status in the headers of what the broker answers where nobody subscribed."""
SERVERS = frozenset({"RMSG", "LMSG", "RS+", "RS-", "LS+", "LS-", "A+", "A-"})
"""Verbs that only servers say to each other."""
_PUBLISH = {"PUB", "HPUB"}
_ANY = 1 << 16  # more words than a line has


class Layout(NamedTuple):
    """What belongs to a verb.

    Attributes:
        verb: The verb in capital letters.
        least: Words of the line at least, the verb included …
        most: … and at most.
        sizes: How many of the last ones are sizes: none, that of the payload, or before
            it that of the headers, with which the payload begins.
        apart: Whether a blank has to follow the verb; else anything may.
    """

    verb: str
    least: int
    most: int
    sizes: int = 0
    apart: bool = True


_LAYOUTS = {
    layout.verb.encode(): layout
    for layout in (
        Layout("PUB", 3, 4, 1),
        Layout("HPUB", 4, 5, 2),
        Layout("MSG", 4, 5, 1),
        Layout("HMSG", 4, _ANY, 2),  # between servers with fewer words, and with more
        Layout("SUB", 3, 4),
        Layout("UNSUB", 2, 3),
        Layout("PING", 1, _ANY, apart=False),
        Layout("PONG", 1, _ANY, apart=False),
        Layout("+OK", 1, _ANY, apart=False),
        Layout("-ERR", 1, _ANY, apart=False),
        Layout("INFO", 1, _ANY, apart=False),
        Layout("CONNECT", 1, _ANY, apart=False),
        Layout("RMSG", 4, _ANY, 1),
        Layout("LMSG", 3, _ANY, 1),
        *(Layout(verb, 2, _ANY) for verb in SERVERS if "MSG" not in verb),
    )
}
_LONGEST = max(map(len, _LAYOUTS))
_PREFIXES = {verb[:size] for verb in _LAYOUTS for size in range(1, len(verb))}
_WORD = lazy_regex(rb"[^ \t\r\n]+")
MOST_DIGITS = 9
"""Digits of a size."""
_BLANKS = b" \t\r\n"
# In the middle of a stream a line counts if it is as programs write it: nothing else
# that may stand there, such as PING, is said by NATS alone.
# A pattern that begins with one byte is searched for by that byte.
_VERB = rb"(?:H?PUB|H?MSG|(?:UN)?SUB|[RL]MSG|[RL]S[+-]|h?pub|(?:un)?sub)[ \t]"
_AT_ONCE = lazy_regex(_VERB)
_CANDIDATE = lazy_regex(rb"\n(?=" + _VERB + rb")")
_CONTROL = lazy_regex(rb"[\x00-\x08\x0a-\x1f]")


def words_of(line: bytes) -> list[bytes]:
    """Return the words of a line."""
    if b"\x0b" in line or b"\x0c" in line:  # blanks to Python, parts of words to NATS
        return _WORD.findall(line)
    return line.split()


def spans_of(line: bytes) -> list[tuple[int, int]]:
    """Return the places of the words of a line."""
    return [word.span() for word in _WORD.finditer(line)]


def layout_of(line: bytes, words: list[bytes]) -> Layout | None:
    """Return what belongs to the verb of a line; None where it has none."""
    layout = _LAYOUTS.get(words[0]) if words else None
    if layout is not None and line.startswith(words[0]):
        return layout
    for size in range(1, _LONGEST + 1):
        layout = _LAYOUTS.get(line[:size].upper())
        if layout is not None:
            return None if layout.apart and line[size] not in _BLANKS else layout
    return None


# decision 125
def joined_blanks(words: list[bytes], layout: Layout) -> list[bytes]:
    """Return the words of a request whose subject has blanks, those as one.

    No server takes that, but clients send it, and a call that waits for ever should be
    seen. Before the size stands where the replies are to go.
    """
    if layout.verb not in _PUBLISH or len(words) <= layout.most:
        return words
    reply = len(words) - layout.sizes - 1
    if not is_inbox(subject_of(words[reply])):
        return words
    return [words[0], b" ".join(words[1:reply]), *words[reply:]]


def misfit(data: bytes | bytearray, place: int) -> int:
    """Return after how many bytes it shows that no control line begins at a place.

    0 while one may begin there.
    """
    head = bytes(data[place : place + _LONGEST + 1]).upper()
    for size in range(1, min(_LONGEST, len(head)) + 1):
        layout = _LAYOUTS.get(head[:size])
        if layout is not None:
            wrong = layout.apart and size < len(head) and head[size] not in _BLANKS
            return size + 1 if wrong else 0
        if head[:size] not in _PREFIXES:
            return size
    return 0


def sizes_of(words: list[bytes], layout: Layout) -> tuple[int, int] | None:
    """Return the sizes of headers and payload; None where the line is malformed.

    The second counts the headers too, as it does in the line.
    """
    if not layout.least <= len(words) <= layout.most:
        return None
    if not layout.sizes:
        return 0, 0
    last = words[-1]
    if not last.isdigit() or len(last) > MOST_DIGITS:
        return None
    if layout.sizes == 1:
        return 0, int(last)
    first = words[-2]
    if not first.isdigit() or len(first) > MOST_DIGITS or int(first) > int(last):
        return None
    return int(first), int(last)


def next_line(data: bytes | bytearray, start: int) -> int:
    """Return the place of the next control line that is whole; -1 where there is none.

    Args:
        data: Consecutive bytes of one side.
        start: Where to begin: with the line after the next line feed.
    """
    return next((place for place, _ in _whole_lines(data, start)), -1)


def first_operation(data: bytes, *, boundary: bool) -> int:
    """Return the place of the first operation in the middle of a stream; -1 if none.

    Its line is whole, and what has come of its payload fits.

    Args:
        data: Consecutive bytes of one side.
        boundary: Whether one may begin with them.
    """
    for place, layout in _whole_lines(data, 0, boundary=boundary):
        if _fits(data, place, layout):
            return place
    return -1


def unfinished(data: bytes | bytearray) -> int:
    """Return where in some bytes a control line may begin that is not whole.

    The line feed before it counts to it. The number of bytes where none may.
    """
    before = data.rfind(b"\n")
    tail = len(data) - before - 1
    if before < 0 or tail >= REACH or (tail and misfit(data, before + 1)):
        return len(data)
    return before


def _whole_lines(
    data: bytes | bytearray, start: int, *, boundary: bool = False
) -> Iterator[tuple[int, Layout]]:
    """Yield the places of control lines as programs write them."""
    places = [start] if boundary and _AT_ONCE.match(data, start) else []
    candidates = (found.end() for found in _CANDIDATE.finditer(data, start))
    for place in chain(places, candidates):
        line = _line_at(data, place)
        if line and not _CONTROL.search(line):
            words = line.split()
            layout = _LAYOUTS[words[0].upper()]
            if sizes_of(words, layout) is not None:
                yield place, layout


def _line_at(data: bytes | bytearray, place: int) -> bytes:
    """Return a line without its end; nothing where it is not whole, or long."""
    end = data.find(b"\n", place, place + REACH)
    return bytes(data[place : max(end, place)]).removesuffix(b"\r")


def _fits(data: bytes, place: int, layout: Layout) -> bool:
    """Whether what has come of a payload is the payload of a line at a place."""
    if not layout.sizes:
        return True
    sizes = sizes_of(_line_at(data, place).split(), layout)
    assert sizes is not None
    headers, total = sizes
    begin = data.index(b"\n", place) + 1
    block = data[begin : begin + min(headers, len(HEADERS))]
    after = data[begin + total : begin + total + 2]
    return HEADERS.startswith(block) and b"\r\n".startswith(after)
