"""The columns of a row: one list for files, tables of Arrow, views and their docs.

What a row has in common with the JSON line of an exchange has its name and its value.
Durations are nanoseconds, sizes are bytes on the wire; the unit ends the name where
it is not obvious, and is in the metadata of the field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from inspector.calls.statuses import status_of
from protocol.named_tuple import NamedTuple

from .reading import (
    any_failed,
    any_has,
    as_json,
    as_payload,
    as_replies,
    as_text,
    doubts,
    durations,
    error_words,
    first_packets,
    latencies,
    of_each,
    of_errors,
    of_link,
    of_passage,
    packets,
    reasons,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inspector.calls.exchanges import Exchange

    from .ends import Ends
    from .reading import Reader, Values

    EndReader: TypeAlias = Callable[[Ends], Values]

NANOSECONDS, BYTES, JSON = "ns", "bytes", "JSON"


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
        of: A word of FEW: what an exchange has nothing there without, if that is rare.
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


FEW: dict[str, Callable[[Sequence[Exchange]], bool]] = {
    "passage": any_has("passage"),
    "link": any_has("link"),
    "cause": any_has("cause"),
    "error": any_failed,
    "doubt": lambda exchanges: any(
        any_has(each)(exchanges) for each in ("gapped", "untimed", "early")
    ),
}
"""What few exchanges have → whether one of some does: nearly always none."""

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
        lambda exchanges: [as_text(each.route) for each in exchanges],
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
        latencies,
        NANOSECONDS,
    ),
    Column("duration_ns", "int", "the same to the last reply", durations, NANOSECONDS),
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
    Column("packets", "int", "how many records carried it", packets),
    Column(
        "first_packet",
        "int",
        "the first record that carried it, as Wireshark counts them",
        first_packets,
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
        of_errors(status_of),
        of="error",
    ),
    Column(
        "error",
        "text",
        "the words of the error that it ended in",
        of_errors(error_words),
        of="error",
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
        of="cause",
    ),
    Column(
        "doubt",
        "text",
        "why the row may be wrong: `capture gap`, `one direction`, `clock`, "
        "`reply first`; null if nothing is in doubt",
        doubts,
        of="doubt",
    ),
    Column(
        "reasons",
        "text",
        "why it took more packets than usual, or other ones: `split, retransmitted`",
        reasons,
    ),
    Column(
        "parent",
        "int",
        "the number of the exchange for whose sake it was made",
        of_link("parent"),
        of="link",
    ),
    Column(
        "parent_evidence",
        "text",
        "what shows that",
        of_link("evidence"),
        of="link",
    ),
    Column(
        "possible_parents",
        "ints",
        "the numbers of those that it may be",
        of_link("possible"),
        of="link",
    ),
    Column(
        "channel",
        "text",
        "over a broker, where it was sent to",
        of_passage("channel", as_text),
        free=True,
        of="passage",
    ),
    Column(
        "handlers",
        "texts",
        "whom the request reached",
        of_passage("handlers"),
        of="passage",
    ),
    Column(
        "queue_ns",
        "int",
        "how long the broker took to deliver the request",
        of_passage("queue_ns"),
        NANOSECONDS,
        of="passage",
    ),
    Column(
        "handler_ns",
        "int",
        "how long the handler took to reply",
        of_passage("handler_ns"),
        NANOSECONDS,
        of="passage",
    ),
    Column(
        "return_ns",
        "int",
        "how long the broker took to deliver the first reply",
        of_passage("return_ns"),
        NANOSECONDS,
        of="passage",
    ),
    Column(
        "pattern",
        "text",
        "the pattern as it was sent",
        lambda exchanges: [as_json(each.pattern) for each in exchanges],
        JSON,
        payload=True,
    ),
    Column(
        "id",
        "text",
        "the id of the request, as it was sent",
        lambda exchanges: [as_json(each.id) for each in exchanges],
        JSON,
        payload=True,
    ),
    Column(
        "reply_channel",
        "text",
        "over a broker, where the request wants its replies",
        of_passage("reply_channel", as_text),
        payload=True,
        of="passage",
    ),
    Column(
        "data",
        "text",
        "the payload; null if there is none",
        lambda exchanges: [as_payload(each.data) for each in exchanges],
        JSON,
        payload=True,
    ),
    Column(
        "metadata",
        "text",
        "what a dispatch hook of Nest 12 added",
        lambda exchanges: [as_payload(each.metadata) for each in exchanges],
        JSON,
        payload=True,
    ),
    Column(
        "replies",
        "text",
        "the replies as an array, with `response`, `err`, `isDisposed`, `status`",
        of_each(as_replies),
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
