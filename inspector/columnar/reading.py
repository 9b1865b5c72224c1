"""What columns read from exchanges, many at once.

Each is one comprehension: a call for each exchange takes longer than what it reads.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias

from inspector.calls.exchanges import Exchange, Kind, Outcome, error_text, last_error
from inspector.calls.reasons import reasons_of
from inspector.filters.as_sent import (
    payload_as_sent,
    printable,
    replies_as_sent,
    value_as_sent,
)
from inspector.filters.passages import OF_PASSAGE
from protocol import UNDEFINED, JsonText, UndefinedType, dumps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from protocol import Json

    Values: TypeAlias = "list[Any]"
    Reader: TypeAlias = Callable[[Sequence[Exchange]], Values]

_LONGEST_ERROR = 500  # characters
# Looking a member up in an enumeration costs more than in a module.
_MESSAGE = Kind.MESSAGE
_COMPLETED, _SENT = Outcome.COMPLETED, Outcome.SENT


def as_text(value: Json) -> str | None:
    """Return a text that UTF-8 can encode; None for what is absent."""
    if value is None or value is UNDEFINED:
        return None
    return value if value.isascii() else printable(value)


def as_json(value: Json) -> str | None:
    """Return a value as JSON text; None for what is absent."""
    if value is UNDEFINED:
        return None
    if type(value) is str and value.isascii() and value.isalnum():
        return f'"{value}"'
    sent = value_as_sent(value)
    return bytes(sent if isinstance(sent, JsonText) else dumps(sent)).decode()


def as_payload(payload: JsonText | UndefinedType) -> str | None:
    """Return a payload as JSON text; None where there is none."""
    sent = payload_as_sent(payload)
    return None if sent is UNDEFINED else bytes(sent).decode()


def as_replies(exchange: Exchange) -> str | None:
    """Return the replies of an exchange as an array of JSON; None for none."""
    if not exchange.replies:
        return None
    return bytes(dumps(replies_as_sent(exchange.replies))).decode()


def latencies(exchanges: Sequence[Exchange]) -> Values:
    """Return how long the first replies took, in nanoseconds; None without one."""
    return [
        None
        if (first_ns := each.first_reply_ns) is None or each.kind is not _MESSAGE
        else first_ns - each.asked_ns
        for each in exchanges
    ]


def durations(exchanges: Sequence[Exchange]) -> Values:
    """Return how long the last replies took, in nanoseconds; None without one."""
    return [
        None
        if (last_ns := each.last_reply_ns) is None or each.kind is not _MESSAGE
        else last_ns - each.asked_ns
        for each in exchanges
    ]


def packets(exchanges: Sequence[Exchange]) -> Values:
    """Return how many data packets carried each, and what was done for it."""
    return [
        len(each.request_packets) + len(each.reply_packets) + each.more_packets
        if each.errands is None
        else each.packets
        for each in exchanges
    ]


def first_packets(exchanges: Sequence[Exchange]) -> Values:
    """Return the number of the first record of each."""
    return [
        each.request_packets[0].number
        if each.request_packets
        else next((packet.number for packet in each.reply_packets), None)
        for each in exchanges
    ]


def any_has(name: str) -> Callable[[Sequence[Exchange]], bool]:
    """Return what says whether an attribute of one of some exchanges is true."""
    value_of = attrgetter(name)
    return lambda exchanges: any(map(value_of, exchanges))


def of_errors(read: Callable[[JsonText], Any]) -> Reader:
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


def error_words(err: JsonText) -> str:
    """Return the words of an error, the beginning of long ones."""
    return printable(error_text(err)[:_LONGEST_ERROR])


def doubts(exchanges: Sequence[Exchange]) -> Values:
    """Return why what is said of each may be wrong; None where it is certain."""
    return [
        doubt(each) if each.gapped or each.untimed or each.early else None
        for each in exchanges
    ]


def doubt(exchange: Exchange) -> str:
    """Return why what is said of an exchange may be wrong."""
    if exchange.gapped:
        unseen = exchange.connection.unseen is not None
        return "one direction" if unseen else "capture gap"
    return "clock" if exchange.untimed else "reply first"


def reasons(exchanges: Sequence[Exchange]) -> Values:
    """Return why each took its number of packets; None where none is needed."""
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


def of_link(name: str) -> Reader:
    """Return what reads something of the link to a parent; None for nothing."""
    return lambda exchanges: [
        None if each.link is None else getattr(each.link, name) or None
        for each in exchanges
    ]


def of_passage(name: str, convert: Callable[[Any], Any] | None = None) -> Reader:
    """Return what reads a key of the passage over a broker; None over TCP."""
    value_of = OF_PASSAGE[name]

    def read_one(exchange: Exchange) -> Any:  # noqa: ANN401 — a text, a number, a list
        found = value_of(exchange.passage)
        if found is UNDEFINED:
            return None
        return found if convert is None else convert(found)

    return lambda exchanges: [
        None if each.passage is None else read_one(each) for each in exchanges
    ]


def of_each(read_one: Callable[[Exchange], Any]) -> Reader:
    """Return what reads something from one exchange after the other."""
    return lambda exchanges: list(map(read_one, exchanges))


def any_failed(exchanges: Sequence[Exchange]) -> bool:
    """Whether one of some exchanges ended otherwise than completed, or sent."""
    outcomes = map(attrgetter("outcome"), exchanges)
    return not {_COMPLETED, _SENT}.issuperset(outcomes)
