r"""Names in frames, with what of them is to be hidden: of queues, exchanges and keys.

::

    basic.publish  users.alice  ─►  users.xxxx1
    headers  x-death: [{queue: users.alice, …}]  ─►  [{queue: users.xxxx1, …}]

What is read of a frame, is read of what is shown of it: so whatever joins by names
still does. Names that begin with ``amq.`` are the broker's own, or random, and stay.

Source: ``rabbitmq.com/docs/queues`` (reserved names), ``/dlx`` (headers and arguments
of dead-lettering), ``/sender-selected`` (``CC`` and ``BCC``), ``/ae`` (alternate
exchanges); ``rabbit_dead_letter.erl`` (what of it is in ``x-death``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Span

from .frames import HEADER, METHOD, Flaw
from .methods import METHODS, code_at, read_arguments, spans_of_arguments
from .properties import names_in_header, secrets_in_table
from .tables import FieldError, TableReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inspector.carriers.base import Concealment
    from protocol import Json

    from .frames import Frame
    from .methods import Said

_CODE = 4  # bytes of class and method
_ARGUMENTS = 11  # bytes of a frame before the arguments of a method
_SIZE = 4  # … and of the size of a table
_OWN = b"amq."
_NAMES: dict[str, tuple[int, ...]] = {
    "exchange.declare": (1,),
    "exchange.delete": (1,),
    "exchange.bind": (1, 2, 3),
    "exchange.unbind": (1, 2, 3),
    "queue.declare": (1,),
    "queue.declare-ok": (0,),
    "queue.bind": (1, 2, 3),
    "queue.purge": (1,),
    "queue.delete": (1,),
    "queue.unbind": (1, 2, 3),
    "basic.consume": (1, 2),
    "basic.consume-ok": (0,),
    "basic.cancel": (0,),
    "basic.cancel-ok": (0,),
    "basic.publish": (1, 2),
    "basic.return": (2, 3),
    "basic.deliver": (0, 3, 4),
    "basic.get": (1,),
    "basic.get-ok": (2, 3),
}
"""Methods → which of their arguments name queues, exchanges, keys or consumers."""
_SECRETS = {
    "connection.start-ok": 2,
    "connection.secure": 0,
    "connection.secure-ok": 0,
    "connection.update-secret": 0,
}
"""Methods with a secret → which of their arguments it is."""
_FIELDS = frozenset(
    {
        "x-dead-letter-exchange",
        "x-dead-letter-routing-key",
        "alternate-exchange",
        "queue",
        "exchange",
        "routing-keys",
        "x-first-death-queue",
        "x-first-death-exchange",
        "x-last-death-queue",
        "x-last-death-exchange",
        "CC",
        "BCC",
    }
)
"""Fields of tables that name a queue, an exchange or routing keys."""


def hide_names(
    data: bytes, frames: Iterable[Frame | Flaw], conceal: Concealment
) -> bytes:
    """Return bytes with what is to be hidden of the names in them, as long as before.

    Args:
        data: What holds the frames.
        frames: What was cut of it.
        conceal: What hides parts of names.
    """
    if not conceal.hides_channels:
        return data
    shown = bytearray()
    for frame in frames:
        for begin, end in _names_of(frame, data):
            name = data[begin:end]
            hidden = name if name.startswith(_OWN) else conceal.channel(name)
            if hidden != name:
                shown = shown or bytearray(data)
                shown[begin:end] = hidden
    return bytes(shown) if shown else data


def secrets_in_method(said: Said, conceal: Concealment | None) -> tuple[Span, ...]:
    """Return the places of what a method has of secrets, in its tables too.

    Args:
        said: The method.
        conceal: What hides secrets; None where nothing is hidden.
    """
    verb, layout = METHODS[said.code]
    index, tables = _SECRETS.get(verb), "T" in layout and conceal is not None
    if index is None and not tables:
        return ()
    spans = spans_of_arguments(said.code, said.text, _ARGUMENTS)
    secret = [] if index is None else [Span(*spans[index])]
    if conceal is not None and tables:
        begin, end = spans[layout.index("T")]
        secret += secrets_in_table(said.text, begin - _SIZE, end, conceal)
    return tuple(Span(said.begin + low, said.begin + high) for low, high in secret)


def _names_of(frame: Frame | Flaw, data: bytes) -> Iterator[tuple[int, int]]:
    """Yield where names are in a frame; of what is malformed nothing is shown."""
    if isinstance(frame, Flaw):
        return
    if frame.kind == HEADER:
        name, table = names_in_header(data, frame.begin, frame.end)
        if name is not None:
            yield name
        if table is not None:
            yield from _names_in_table(data, table, frame.end)
    elif frame.kind == METHOD and frame.end - frame.begin >= _CODE:
        yield from _names_in_method(data, frame.begin, frame.end)


def _names_in_method(data: bytes, place: int, end: int) -> Iterator[tuple[int, int]]:
    code = code_at(data, place)
    place += _CODE
    if code not in METHODS or read_arguments(code, data, place, end) is None:
        return
    verb, layout = METHODS[code]
    names = _NAMES.get(verb, ())
    spans = spans_of_arguments(code, data, place)
    for index, (begin, after) in enumerate(spans):
        if index in names:
            yield begin, after
        elif layout[index] == "T" and names:
            yield from _names_in_table(data, begin - _SIZE, after)


def _names_in_table(data: bytes, place: int, end: int) -> list[Span]:
    reader = TableReader(data, end, _is_name)
    try:
        reader.read(place)
    except (FieldError, IndexError):
        return []
    return reader.secrets


def _is_name(field: str, value: Json) -> bool:
    return field in _FIELDS and isinstance(value, str)
