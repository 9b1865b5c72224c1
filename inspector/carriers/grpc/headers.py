"""Header compression: blocks to fields, each with the place of its value.

::

    1xxxxxxx             name and value by an index
    01xxxxxx … value     … a value that is kept in the table from now on
    0000xxxx, 0001xxxx   … one that is not
    001xxxxx             how large the table may be

Where the beginning of a connection is missing, what its table held is not known: such
fields have no name. What is added from then on is found by its index all the same,
which counts from the newest one. The static table and the Huffman code are those of
``hpack``, an extra; without it only names and values that are written out are read.

Source: RFC 7541, sections 5 and 6.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple

from .frames import FlawError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from hpack.table import HeaderTable

_LARGEST_TABLE = 1 << 16
"""Bytes that a table holds here at most, whatever a peer says: gRPC's hold 4,096."""
_MOST_TEXT = 1 << 18
"""Bytes of the fields of a block that are read: one of index alone may stand for many …
"""
_MOST_LINES = 4_096
"""… and lines of it: what comes after these is not read, and the table not known."""
_MOST_SAME, _LARGEST_SAME = 32, 1_024
"""Blocks of which it is remembered what they mean, and bytes of the fields of each."""
_LONGEST_NUMBER = 5  # bytes after the first
_STATIC = 61  # entries of the static table
_HUFFMAN = _MORE = _INDEXED = 0x80
_KEPT, _KIND, _SIZE = 0x40, 0xE0, 0x20
MASK, HUFFMAN_MASK = b"x", b"\xfc"
"""What hides a byte of a value, and of one in Huffman's code: there it is an ``X``."""


class Text(NamedTuple):
    """A string in a block.

    Attributes:
        begin: Where its bytes begin in the block.
        end: … and end.
        huffman: Whether they are in Huffman's code.
    """

    begin: int
    end: int
    huffman: bool


class Line(NamedTuple):
    """What a block says of one field.

    Attributes:
        number: Of the field, or of its name; 0 for a name that is written out.
        name: The name, if it is.
        value: The value, if it is written out.
        kept: Whether it is kept in the table.
        size: How large the table is from here on; -1 if it says nothing of that.
    """

    number: int
    name: Text | None = None
    value: Text | None = None
    kept: bool = False
    size: int = -1


class Field(NamedTuple):
    """A field.

    Attributes:
        name: Its name in lower case; empty if it is not known.
        value: Its value, one character for each byte.
        place: Where that is written out in the block; None where it is not.
    """

    name: str
    value: str
    place: Text | None = None


class Sense(NamedTuple):
    """What a header block is to a plain call.

    Attributes:
        path: What it asks for; empty where that is nothing plain.
        ends: Whether it says that a call has ended well.
    """

    path: str
    ends: bool


class Fields(list[Field]):
    """The fields of a block, in its order; nobody changes them.

    Attributes:
        sense: What they are to a plain call, once asked for; see :mod:`.plain`.
    """

    sense: Sense | None = None

    @cached_property
    def said(self) -> Mapping[str, str]:
        """Name → value; of several of a name all, joined."""
        said: dict[str, str] = {}
        for name, value, _ in self:
            if name:
                said[name] = f"{said[name]}, {value}" if name in said else value
        return said


def lines_of(block: bytes) -> Iterator[Line]:
    """Yield what a block says, line by line.

    Raises:
        FlawError: It is malformed, or not whole.
    """
    place, end = 0, len(block)
    while place < end:
        first = block[place]
        if first & _INDEXED:
            index, place = _number(block, place, 7)
            yield Line(index)
            continue
        if first & _KIND == _SIZE:
            size, place = _number(block, place, 5)
            yield Line(0, size=size)
            continue
        kept = bool(first & _KEPT)
        index, place = _number(block, place, 6 if kept else 4)
        name = None
        if not index:
            name, place = _text(block, place)
        value, place = _text(block, place)
        yield Line(index, name, value, kept)


def _number(block: bytes, place: int, bits: int) -> tuple[int, int]:
    """Return a number and the place after it (RFC 7541, section 5.1)."""
    most = (1 << bits) - 1
    if place >= len(block):
        raise FlawError("a header block that ends in the middle of a field")
    number = block[place] & most
    place += 1
    if number < most:
        return number, place
    for count, byte in enumerate(block[place : place + _LONGEST_NUMBER]):
        number += (byte & 0x7F) << (7 * count)
        if byte < _MORE:
            return number, place + count + 1
    raise FlawError("a header block with a number that does not end")


def _text(block: bytes, place: int) -> tuple[Text, int]:
    """Return a string and the place after it (RFC 7541, section 5.2)."""
    huffman = place < len(block) and bool(block[place] & _HUFFMAN)
    size, begin = _number(block, place, 7)
    end = begin + size
    if end > len(block):
        raise FlawError("a header block that ends in the middle of a string")
    return Text(begin, end, huffman), end


# decision 163
class HeaderReader:
    """Reads the header blocks of one side, in their order.

    Attributes:
        lacking: How many fields were read whose name is not known.
        same: Blocks → what they mean while the table is as it is: some of those that
            were read, and left it so.
    """

    def __init__(self) -> None:
        self.lacking = 0
        self._table = _new_table()
        self.same: dict[bytes, Fields] = {}

    def forget(self) -> None:
        """Forget what the table holds: blocks are missing that may have changed it."""
        self.same.clear()
        size = None if self._table is None else self._table.maxsize
        self._table = _new_table()
        if self._table is not None and size is not None:
            self._table.maxsize = size

    def read(self, block: bytes) -> Fields:
        """Return the fields of a block.

        Nearly all blocks of a connection are the same few, and mean the same until
        something is added to the table.

        Raises:
            FlawError: It is malformed; what the table holds then is not known.
        """
        known = self.same.get(block)
        if known is not None:
            return known
        lacking = self.lacking
        fields, size = self._read(block)
        if size <= _LARGEST_SAME and self.lacking == lacking and self._stays(block):
            if len(self.same) == _MOST_SAME:
                self.same.clear()
            self.same[block] = fields
        return fields

    @staticmethod
    def _stays(block: bytes) -> bool:
        """Whether the table is the same after a block as before."""
        return not any(line.kept or line.size >= 0 for line in lines_of(block))

    def _read(self, block: bytes) -> tuple[Fields, int]:
        fields, left = Fields(), _MOST_TEXT
        try:
            for count, line in enumerate(lines_of(block)):
                if left < 0 or count == _MOST_LINES:  # of a block that nobody sends
                    self.forget()
                    self.lacking += 1
                    break
                field = self._field(block, line)
                if field is not None:
                    left -= len(field.name) + len(field.value)
                    self.lacking += not field.name
                    fields.append(field)
        except FlawError:
            self.forget()
            raise
        return fields, _MOST_TEXT - left

    def _field(self, block: bytes, line: Line) -> Field | None:
        if line.size >= 0:
            self.same.clear()
            if self._table is not None:  # indices count from the newest entry on
                self._table.maxsize = min(line.size, _LARGEST_TABLE)
            return None
        if line.value is None:
            return Field(*self._entry(line.number))
        named = line.name is None
        name = self._entry(line.number)[0] if named else _read(block, line.name)
        field = Field(name.lower(), _read(block, line.value), line.value)
        if line.kept and self._table is not None:
            self.same.clear()
            self._table.add(_bytes(field.name), _bytes(field.value))
        return field

    def _entry(self, index: int) -> tuple[str, str]:
        """Return an entry of the table; empty strings for one that is not known."""
        if index == 0:
            raise FlawError("a header block with the index 0")
        table = self._table
        if table is None or index - _STATIC > len(table.dynamic_entries):
            return "", ""
        name, value = table.get_by_index(index)
        return _words(name), _words(value)


@cache
def is_readable() -> bool:
    """Whether there is what reads names by their index, and Huffman's code."""
    return _new_table() is not None


def _new_table() -> HeaderTable | None:
    try:
        from hpack.table import HeaderTable  # noqa: PLC0415 — an extra
    except ImportError:
        return None
    return HeaderTable()


@cache
def _huffman() -> Callable[[bytes], bytes] | None:
    try:
        from hpack.huffman_table import decode_huffman  # noqa: PLC0415 — an extra
    except ImportError:
        return None
    return decode_huffman


def _read(block: bytes, text: Text | None) -> str:
    """Return a string; an empty one where its code cannot be read."""
    if text is None:
        return ""
    data = block[text.begin : text.end]
    if not text.huffman:
        return _words(data)
    decode = _huffman()
    if decode is None:
        return ""
    try:
        return _words(decode(data))
    except Exception as error:
        raise FlawError(
            "a header block with a string that is not in its code"
        ) from error


def _words(data: bytes) -> str:
    return data.decode("latin-1")


def _bytes(words: str) -> bytes:
    return words.encode("latin-1")


def masked(block: bytes, hidden: Sequence[Text]) -> bytes:
    """Return a block with some of its values hidden, in as many bytes.

    It remains one that can be read: in Huffman's code an ``X`` has eight bits.
    """
    shown = bytearray(block)
    for begin, end, huffman in hidden:
        shown[begin:end] = (HUFFMAN_MASK if huffman else MASK) * (end - begin)
    return bytes(shown)
