"""The keys of an exchange: what each is called, and how it is read.

One list for all that names them: the JSON line, the words of an expression, and the
columns of a CSV file derive from :data:`KEYS`. docs/output.md says what each means; a
new one is a line at the end of the list, and a row there.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias

from protocol import UNDEFINED, Json, JsonText, Response, UndefinedType, loads
from protocol.named_tuple import NamedTuple

from .as_sent import payload_as_sent, replies_as_sent, value_as_sent
from .passages import OF_PASSAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inspector.calls.exchanges import Errands, Exchange
    from inspector.calls.links import Link

    Getter: TypeAlias = Callable[[Exchange], Json]


class Key(NamedTuple):
    """A key of the JSON line of an exchange.

    Attributes:
        name: What it is called.
        path: The attribute of an exchange that it is read from.
        spell: What makes of that what the line has; None where it is the same …
        value: … and what makes the value that an expression judges of it.
        column: Whether it is a column of a CSV file for which nobody names others.
        each: The attribute of each of what the path gives that is meant, if not each
            itself.
        absent: What is read where the line lacks the key, if that is nearly always;
            else ``...``.
    """

    name: str
    path: str
    spell: Callable[[Any], Any] | None = None
    value: Callable[[Any], Json] | None = None
    column: bool = True
    each: str = ""
    absent: object = ...

    @property
    def read(self) -> Getter:
        """What reads the value from an exchange."""
        get, value = attrgetter(self.path), self.value
        if self.each:
            of_each = attrgetter(self.each)
            return lambda exchange: list(map(of_each, get(exchange)))
        if value is None:
            return get
        return lambda exchange: value(get(exchange))


def payload_value() -> Callable[[JsonText | UndefinedType], Json]:
    """Return what decodes a payload, and the same one not twice in a row."""
    # Both at once, since several threads may ask.
    last: list[tuple[JsonText | UndefinedType, Json]] = [(UNDEFINED, UNDEFINED)]

    def decode(text: JsonText | UndefinedType) -> Json:
        kept = last[0]
        if text is not kept[0]:
            last[0] = kept = text, UNDEFINED if text is UNDEFINED else loads(text)
        return kept[1]

    return decode


def _replies(replies: Sequence[Response]) -> list[Json]:
    return [_reply(reply) for reply in replies]


def _reply(reply: Response) -> dict[str, Json]:
    texts = {"err": reply.err, "response": reply.response, "status": reply.status}
    texts.update(reply.extra)
    members = {key: loads(text) for key, text in texts.items() if text is not UNDEFINED}
    return members | ({"isDisposed": True} if reply.is_disposed else {})


def errand_numbers(errands: Errands | None) -> list[int] | UndefinedType:
    """Return the records of what was done for an exchange; UNDEFINED for nothing."""
    if errands is None:
        return UNDEFINED
    return [packet.number for packet in errands.packets]


def flag(held: bool) -> bool | UndefinedType:  # noqa: FBT001 — what a line has of it
    """Return what is told only where it holds; else UNDEFINED."""
    return held or UNDEFINED


def parent(link: Link | None) -> int | UndefinedType:
    """Return the number of the exchange for whose sake one was made, if it is known."""
    return UNDEFINED if link is None or link.parent is None else link.parent


def evidence(link: Link | None) -> str | UndefinedType:
    """Return what shows that, in a word."""
    return UNDEFINED if link is None or link.evidence is None else link.evidence.value


def possible(link: Link | None) -> list[int] | UndefinedType:
    """Return the numbers of those that it may be; UNDEFINED for none."""
    return list(link.possible) if link is not None and link.possible else UNDEFINED


def named(name: str | None) -> str | UndefinedType:
    """Return the name of an end; UNDEFINED where it has none."""
    return UNDEFINED if name is None else name


KEYS = (
    Key("number", "number"),
    Key("kind", "kind"),
    Key("outcome", "outcome"),
    Key("pattern", "pattern", value_as_sent, column=False),
    Key("route", "route", value_as_sent),
    Key("id", "id", value_as_sent),
    Key("connection", "connection.number"),
    Key("client", "client_text"),
    Key("server", "server_text"),
    Key("time_ns", "time_ns"),
    Key("latency_ns", "latency_ns"),
    Key("duration_ns", "duration_ns"),
    Key("data", "data", payload_as_sent, payload_value(), column=False),
    Key("replies", "replies", replies_as_sent, _replies, column=False),
    Key("request_packets", "request_packets", column=False, each="number"),
    Key("reply_packets", "reply_packets", column=False, each="number"),
    Key("packets", "packets"),
    Key("shared_packets", "shared_packets", column=False, each="number"),
    Key("request_bytes", "request_bytes"),
    Key("reply_bytes", "reply_bytes"),
    Key("carrier", "carrier", column=False),
    Key(
        "metadata",
        "metadata",
        payload_as_sent,
        payload_value(),
        column=False,
        absent=UNDEFINED,
    ),
    Key(
        "errand_packets",
        "errands",
        errand_numbers,
        errand_numbers,
        column=False,
        absent=None,
    ),
    Key("client_name", "connection.client_name", named, named, column=False),
    Key("server_name", "connection.server_name", named, named, column=False),
    Key("in_flight", "in_flight", flag, flag, column=False, absent=False),
    Key("parent", "link", parent, parent, column=False, absent=None),
    Key("parent_evidence", "link", evidence, evidence, column=False, absent=None),
    Key("possible_parents", "link", possible, possible, column=False, absent=None),
    *(
        Key(name, "passage", read, read, column=False, absent=None)
        for name, read in OF_PASSAGE.items()
    ),
)
"""The keys, in the order of the line."""

COLUMNS = [
    *(key.name for key in KEYS if key.column),
    "data",
    "response",
    "err",
    "carrier",
]
"""The columns of a CSV file for which nobody names others: payloads after figures."""
