"""What was asked and what came back, payloads without what the carrier puts around."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind, Outcome
from inspector.words import duration, nouns
from protocol import UNDEFINED, Response

from .json_text import MOST_LINES, json_lines, more_line, raw_text
from .prose import wrapped
from .rendering import ELLIPSIS, packet_numbers, safe
from .reply_words import is_refused, left_at
from .text import Text
from .yjs_lines import yjs_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from inspector.calls.exchanges import Exchange
    from inspector.journal import CarriedFrame
    from inspector.streams.packets import DataPacket
    from protocol import JsonText, UndefinedType

    from .closeup import Closeup
    from .show_setting import Setting

_INDENT = 6  # cells of what the server says
_FIRST, _LAST = 8, 2
"""Replies of a stream that are shown, from the first on and up to the last."""
_ENDINGS = {
    "end": "until the capture ends",
    "close": "until the connection was closed",
    "reset": "until the connection was reset",
    "left": "until its caller stopped listening",
}


def body_lines(closeup: Closeup, setting: Setting) -> Iterator[Text]:
    """Yield the request or event, and its replies, an empty line between them."""
    exchange = closeup.exchange
    yield from _request_lines(closeup, setting)
    if exchange.kind is Kind.EVENT:
        yield Text()
        yield _side(Text("an event has no reply", "muted"))
        return
    for part in _reply_parts(closeup, setting):
        yield Text()
        yield from part
    missing = list(_missing(exchange, setting))
    if missing:
        yield Text()
        yield from missing


def _side(line: Text) -> Text:
    return Text(" " * _INDENT) + line


def _request_lines(closeup: Closeup, setting: Setting) -> Iterator[Text]:
    exchange = closeup.exchange
    if exchange.kind is Kind.ORPHAN:
        yield Text("► the request is not in the capture", "warning")
        return
    kind = "event" if exchange.kind is Kind.EVENT else "request"
    facts = [
        setting.moment(exchange.time_ns),
        _packets_words(exchange.request_packets, exchange),
    ]
    yield _headed(f"► {kind}", "client", facts, 0, setting)
    bar = Text.assemble(("│ ", "client"))
    if setting.raw:
        frames = (each for each in closeup.frames() if each.kind != "reply")
        yield from (bar + line for line in _raw_lines(frames, 0, setting))
        return
    yield from _payload_lines(exchange.data, "no data", bar, setting)
    if exchange.metadata is not UNDEFINED:
        yield bar + Text("metadata", "muted")
        yield from _payload_lines(exchange.metadata, "", bar, setting)


def _reply_parts(closeup: Closeup, setting: Setting) -> Iterator[Iterable[Text]]:
    """Yield the replies, each as its lines; of many the first and the last."""
    exchange = closeup.exchange
    places = range(len(exchange.replies))
    if setting.full or len(places) <= _FIRST + _LAST:
        yield from (_reply_lines(closeup, place, setting) for place in places)
        return
    yield from (_reply_lines(closeup, each, setting) for each in places[:_FIRST])
    more = exchange.values - _FIRST - _LAST
    words = f"{ELLIPSIS} {more:,} more {nouns(more, 'reply')}, --full"
    yield [_side(Text(words, "muted"))]
    yield from (_reply_lines(closeup, each, setting) for each in places[-_LAST:])


def _reply_lines(closeup: Closeup, place: int, setting: Setting) -> Iterator[Text]:
    exchange = closeup.exchange
    reply, end = exchange.replies[place], exchange.reply_ends[place]
    alone = exchange.values == 1
    number = _reply_number(exchange, place)
    which = "" if alone else f" {number:,} of {exchange.values:,}"
    packets = _union(exchange.reply_packets, end) if alone else [end]
    facts = [_packets_words(packets, exchange)]
    waited_ns = exchange.waited_ns(end.time_ns)
    if exchange.kind is not Kind.ORPHAN and waited_ns is not None:
        facts.insert(0, f"+{duration(waited_ns)}")
    failed = reply.err is not UNDEFINED and reply.failed
    name = f"◄ {'error' if failed else 'reply'}{which}"
    role = "error" if failed else "server"
    yield _headed(name, role, facts, _INDENT, setting)
    bar = Text.assemble(" " * _INDENT, ("│ ", role))
    if setting.raw:
        frames = (each for each in closeup.frames() if each.sighting.reply == number)
        yield from (bar + line for line in _raw_lines(frames, _INDENT, setting))
        return
    yield from _answer_lines(reply, bar, setting, alone=alone)


def _reply_number(exchange: Exchange, place: int) -> int:
    """Return which reply it is; those left out precede the last."""
    is_last = place == len(exchange.replies) - 1
    return exchange.values if is_last else place + 1


def _union(packets: Sequence[DataPacket], end: DataPacket) -> list[DataPacket]:
    numbers = {packet.number for packet in packets}
    return [*packets, *([] if end.number in numbers else [end])]


def _answer_lines(
    reply: Response, bar: Text, setting: Setting, *, alone: bool
) -> Iterator[Text]:
    nothing = ("no value" if alone else "the end") if reply.is_disposed else "undefined"
    failed = reply.err is not UNDEFINED and reply.failed
    payload = reply.err if failed else reply.response
    yield from _payload_lines(payload, nothing, bar, setting)
    for key, value in (reply.extra or {}).items():
        yield bar + Text(safe(key), "muted")
        yield from _payload_lines(value, "", bar, setting)


def _payload_lines(
    payload: JsonText | UndefinedType, nothing: str, bar: Text, setting: Setting
) -> Iterator[Text]:
    """Yield a payload, or words where there is none."""
    if payload is UNDEFINED:
        yield bar + Text(nothing, "muted")
        return
    width = setting.width - bar.cell_len
    for line in json_lines(bytes(payload), width, full=setting.full, cut=setting.cut):
        yield bar + line
    for words in yjs_lines(payload):
        yield bar + Text(words, "muted")


def _raw_lines(
    frames: Iterable[CarriedFrame], indent: int, setting: Setting
) -> Iterator[Text]:
    """Yield frames as they were sent, folded at the edge."""
    width = setting.width - indent - 2
    for frame in frames:
        body = frame.sighting.body
        whole = setting.full or not setting.cut
        most = len(body) if whole else width * MOST_LINES
        text = raw_text(body[:most])
        yield from (
            text.divide(range(width, len(text), width)) if setting.cut else [text]
        )
        if len(body) > most:
            yield more_line(len(body) - most, "byte")


def _missing(exchange: Exchange, setting: Setting) -> Iterator[Text]:
    """Yield what is said of a reply, or of an end, that has not come."""
    if is_refused(exchange):
        yield _side(Text("◄ nobody had subscribed, says the broker", "error"))
        return
    if exchange.outcome not in {Outcome.UNANSWERED, Outcome.INCOMPLETE}:
        return
    style = "warning"
    if exchange.in_flight:
        words = "in flight"
    elif exchange.outcome is Outcome.INCOMPLETE:
        words = "the stream has no end"
    elif exchange.gapped:
        words = "no reply, which is in doubt: the capture lacks bytes"
    else:
        words, style = "no reply", "error"
    left_ns = left_at(exchange)
    waited = exchange.waited_ns(exchange.ended_ns if left_ns is None else left_ns)
    why = _ENDINGS.get(exchange.cause or "", "")
    if waited:
        words += f"; {duration(waited)} {why}".rstrip()
    said = Text.assemble((f"◄ {words}", style))
    yield from wrapped(said, setting.width, _INDENT, hanging=2)


def _packets_words(packets: Sequence[DataPacket], exchange: Exchange) -> str:
    numbers = packet_numbers(packets, exchange)
    return f"{nouns(len(packets), 'packet')} {numbers}"


def _headed(
    name: str, role: str, facts: Sequence[str], indent: int, setting: Setting
) -> Text:
    """Return a heading with what is known of it at the right."""
    left, right = (
        Text(" " * indent) + Text(name, role),
        Text("   ".join(facts), "muted"),
    )
    room = max(setting.width - left.cell_len - right.cell_len, 2)
    return left + Text(" " * room) + right
