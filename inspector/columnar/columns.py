"""The columns of a row: one list for files, tables of Arrow, views and their docs.

What a row has in common with the JSON line of an exchange has its name and its value.
Durations are nanoseconds, sizes are bytes on the wire; the unit ends the name where
it is not obvious, and is in the metadata of the field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from inspector.calls.exchanges import Exchange, Kind, Outcome, error_text, last_error
from inspector.calls.reasons import reasons_of
from inspector.calls.statuses import status_of
from inspector.filters.as_sent import (
    payload_as_sent,
    printable,
    replies_as_sent,
    value_as_sent,
)
from inspector.filters.passages import OF_PASSAGE
from protocol import UNDEFINED, JsonText, UndefinedType, dumps
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from protocol import Json

    from .ends import Ends

    Values: TypeAlias = "list[Any]"
    Reader: TypeAlias = Callable[[Sequence[Exchange]], Values]
    EndReader: TypeAlias = Callable[[Ends], Values]

NANOSECONDS, BYTES, JSON = "ns", "bytes", "JSON"
_LONGEST_ERROR = 500  # characters
# Looking a member up in an enumeration costs more than in a module.
_MESSAGE = Kind.MESSAGE
_COMPLETED, _SENT = Outcome.COMPLETED, Outcome.SENT


class Column(NamedTuple):
    """A column of exchanges.

    Attributes:
        name: What it is called.
        kind: Its type: ``text``, ``int``, ``bool``, ``time``, ``ints`` or ``texts``.
        meaning: What it says, in words.
        read: What reads it from exchanges; None where ``ends`` does.
        unit: What it counts, or what its text is written in; empty for neither.
        ends: What reads it from their ends, each once.
        payload: Whether it holds what applications said, and is left out unless that
            is asked for.
        free: Whether it holds other words of applications, in which secrets are hidden.
        of: The attribute of an exchange without which it has nothing there, if few
            exchanges have that.
    """

    name: str
    kind: str
    meaning: str
    read: Reader | None = None
    unit: str = ""
    ends: EndReader | None = None
    payload: bool = False
    free: bool = False
    of: str = ""


def _text(value: Json) -> str | None:
    """Return a text that UTF-8 can encode; None for what is absent."""
    if value is None or value is UNDEFINED:
        return None
    return value if value.isascii() else printable(value)


def _json(value: Json) -> str | None:
    """Return a value as JSON text; None for what is absent."""
    if value is UNDEFINED:
        return None
    if type(value) is str and value.isascii() and value.isalnum():
        return f'"{value}"'
    sent = value_as_sent(value)
    return bytes(sent if isinstance(sent, JsonText) else dumps(sent)).decode()


def _payload(payload: JsonText | UndefinedType) -> str | None:
    sent = payload_as_sent(payload)
    return None if sent is UNDEFINED else bytes(sent).decode()


def _replies(exchange: Exchange) -> str | None:
    if not exchange.replies:
        return None
    return bytes(dumps(replies_as_sent(exchange.replies))).decode()


def _latencies(exchanges: Sequence[Exchange]) -> Values:
    return [
        None
        if (first_ns := each.first_reply_ns) is None or each.kind is not _MESSAGE
        else first_ns - each.asked_ns
        for each in exchanges
    ]


def _durations(exchanges: Sequence[Exchange]) -> Values:
    return [
        None
        if (last_ns := each.last_reply_ns) is None or each.kind is not _MESSAGE
        else last_ns - each.asked_ns
        for each in exchanges
    ]


def _packets(exchanges: Sequence[Exchange]) -> Values:
    return [
        len(each.request_packets) + len(each.reply_packets) + each.more_packets
        if each.errands is None
        else each.packets
        for each in exchanges
    ]


def _first_packets(exchanges: Sequence[Exchange]) -> Values:
    return [
        each.request_packets[0].number
        if each.request_packets
        else next((packet.number for packet in each.reply_packets), None)
        for each in exchanges
    ]


def _of_errors(read: Callable[[JsonText], Any]) -> Reader:
    """Return what reads something from the error of each exchange that has one."""

    def read_one(exchange: Exchange) -> Any:  # noqa: ANN401 — a number or a text
        err = last_error(exchange)
        return None if err is UNDEFINED else read(err)

    return lambda exchanges: [
        None
        if (outcome := each.outcome) is _COMPLETED or outcome is _SENT
        else read_one(each)
        for each in exchanges
    ]


def _error(err: JsonText) -> str:
    return printable(error_text(err)[:_LONGEST_ERROR])


def _doubts(exchanges: Sequence[Exchange]) -> Values:
    return [
        _doubt(each) if each.gapped or each.untimed or each.early else None
        for each in exchanges
    ]


def _doubt(exchange: Exchange) -> str:
    """Return why what is said of an exchange may be wrong."""
    if exchange.gapped:
        unseen = exchange.connection.unseen is not None
        return "one direction" if unseen else "capture gap"
    return "clock" if exchange.untimed else "reply first"


def _reasons(exchanges: Sequence[Exchange]) -> Values:
    return [
        None
        # A request in a packet of its own, and its reply in another, have none; to see
        # that here takes half of what a call does, and nearly all exchanges are such.
        if ((outcome := each.outcome) is _COMPLETED or outcome is _SENT)
        and each.passage is None
        and len(each.replies) <= 1
        and len(each.request_packets) + len(each.reply_packets) <= len(each.replies) + 1
        and not (each.seats or each.retransmitted or each.gapped)
        else ", ".join(reasons_of(each)) or None
        for each in exchanges
    ]


def _of_link(name: str) -> Reader:
    return lambda exchanges: [
        None if each.link is None else getattr(each.link, name) or None
        for each in exchanges
    ]


def _of_passage(name: str, convert: Callable[[Any], Any] | None = None) -> Reader:
    value_of = OF_PASSAGE[name]

    def read_one(exchange: Exchange) -> Any:  # noqa: ANN401 — a text, a number, a list
        found = value_of(exchange.passage)
        if found is UNDEFINED:
            return None
        return found if convert is None else convert(found)

    return lambda exchanges: [
        None if each.passage is None else read_one(each) for each in exchanges
    ]


def _each(read_one: Callable[[Exchange], Any]) -> Reader:
    return lambda exchanges: list(map(read_one, exchanges))


COLUMNS = (
    Column(
        "number",
        "int",
        "its position in the order of requests, from 1: `#12` in the views",
        lambda exchanges: [each.number for each in exchanges],
    ),
    Column(
        "kind",
        "text",
        "`message`, `event` or `orphan`",
        lambda exchanges: [each.kind for each in exchanges],  # which is a text
    ),
    Column(
        "outcome",
        "text",
        "how it ended: `completed`, `error`, `no_handler`, `unanswered` …",
        lambda exchanges: [each.outcome for each in exchanges],
    ),
    Column(
        "route",
        "text",
        "the name under which the server looks up its handler; null in an orphan",
        lambda exchanges: [_text(each.route) for each in exchanges],
        free=True,
    ),
    Column(
        "carrier",
        "text",
        "what carried it: `tcp`, `nats` …",
        lambda exchanges: [each.ledger.carrier for each in exchanges],
    ),
    Column(
        "time",
        "time",
        "when the record that began it was captured (UTC)",
        lambda exchanges: [each.time_ns for each in exchanges],
        NANOSECONDS,
    ),
    Column(
        "latency_ns",
        "int",
        "from the completed request to the completed first reply; null without one",
        _latencies,
        NANOSECONDS,
    ),
    Column("duration_ns", "int", "the same to the last reply", _durations, NANOSECONDS),
    Column(
        "connection",
        "int",
        "the number of the connection",
        ends=lambda ends: ends.connections,
    ),
    Column(
        "client", "text", "who asked: `address:port`", ends=lambda ends: ends.clients
    ),
    Column("server", "text", "who was asked", ends=lambda ends: ends.servers),
    Column(
        "client_name",
        "text",
        "what people call the client; null without a name",
        ends=lambda ends: ends.client_names,
    ),
    Column(
        "server_name",
        "text",
        "what people call the server",
        ends=lambda ends: ends.server_names,
    ),
    Column(
        "reply_count",
        "int",
        "how many replies came",
        lambda exchanges: [len(each.replies) + each.left_out for each in exchanges],
    ),
    Column("packets", "int", "how many records carried it", _packets),
    Column(
        "first_packet",
        "int",
        "the first record that carried it, as Wireshark counts them",
        _first_packets,
    ),
    Column(
        "request_bytes",
        "int",
        "size of the frame of the request or event",
        lambda exchanges: [each.request_bytes for each in exchanges],
        BYTES,
    ),
    Column(
        "reply_bytes",
        "int",
        "size of the frames of all replies",
        lambda exchanges: [each.reply_bytes for each in exchanges],
        BYTES,
    ),
    Column(
        "status_code",
        "int",
        "of an error, the status code in it; null without one",
        _of_errors(status_of),
    ),
    Column(
        "error",
        "text",
        "the words of the error that it ended in",
        _of_errors(_error),
        free=True,
    ),
    Column(
        "in_flight",
        "bool",
        "whether it was in progress when the capture ended",
        lambda exchanges: [each.in_flight for each in exchanges],
    ),
    Column(
        "cause",
        "text",
        "why it ended without its end: `end` (of the capture), `close`, `reset` …",
        lambda exchanges: [each.cause for each in exchanges],
    ),
    Column(
        "doubt",
        "text",
        "why the row may be wrong: `capture gap`, `one direction`, `clock`, "
        "`reply first`; null if nothing is in doubt",
        _doubts,
    ),
    Column(
        "reasons",
        "text",
        "why it took more packets than usual, or other ones: `split, retransmitted`",
        _reasons,
    ),
    Column(
        "parent",
        "int",
        "the number of the exchange for whose sake it was made",
        _of_link("parent"),
        of="link",
    ),
    Column(
        "parent_evidence",
        "text",
        "what shows that",
        _of_link("evidence"),
        of="link",
    ),
    Column(
        "possible_parents",
        "ints",
        "the numbers of those that it may be",
        _of_link("possible"),
        of="link",
    ),
    Column(
        "channel",
        "text",
        "over a broker, where it was sent to",
        _of_passage("channel", _text),
        free=True,
        of="passage",
    ),
    Column(
        "handlers",
        "texts",
        "whom the request reached",
        _of_passage("handlers"),
        of="passage",
    ),
    Column(
        "queue_ns",
        "int",
        "how long the broker took to deliver the request",
        _of_passage("queue_ns"),
        NANOSECONDS,
        of="passage",
    ),
    Column(
        "handler_ns",
        "int",
        "how long the handler took to reply",
        _of_passage("handler_ns"),
        NANOSECONDS,
        of="passage",
    ),
    Column(
        "return_ns",
        "int",
        "how long the broker took to deliver the first reply",
        _of_passage("return_ns"),
        NANOSECONDS,
        of="passage",
    ),
    Column(
        "pattern",
        "text",
        "the pattern as it was sent",
        lambda exchanges: [_json(each.pattern) for each in exchanges],
        JSON,
        payload=True,
    ),
    Column(
        "id",
        "text",
        "the id of the request, as it was sent",
        lambda exchanges: [_json(each.id) for each in exchanges],
        JSON,
        payload=True,
    ),
    Column(
        "reply_channel",
        "text",
        "over a broker, where the request wants its replies",
        _of_passage("reply_channel", _text),
        payload=True,
        of="passage",
    ),
    Column(
        "data",
        "text",
        "the payload; null if there is none",
        lambda exchanges: [_payload(each.data) for each in exchanges],
        JSON,
        payload=True,
    ),
    Column(
        "metadata",
        "text",
        "what a dispatch hook of Nest 12 added",
        lambda exchanges: [_payload(each.metadata) for each in exchanges],
        JSON,
        payload=True,
    ),
    Column(
        "replies",
        "text",
        "the replies as an array, with `response`, `err`, `isDisposed`, `status`",
        _each(_replies),
        JSON,
        payload=True,
    ),
)
"""The columns of a row, in their order; the source comes before them."""

SOURCE = "source"
"""The first column: what the exchange was captured from, the same in a whole file."""


def columns_of(*, payloads: bool) -> list[Column]:
    """Return the columns that a row has, with or without payloads."""
    return [each for each in COLUMNS if payloads or not each.payload]
