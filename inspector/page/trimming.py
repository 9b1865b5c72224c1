"""An exchange without the bulk of its payloads, so that thousands can be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.calls.exchanges import last_error, payload_bytes
from inspector.calls.plain import PlainExchange
from inspector.calls.statuses import status_of
from inspector.figures.failures import failure_text
from inspector.figures.timeline import failed
from inspector.views.call_line import call_words
from inspector.views.rendering import fit, short_text
from inspector.views.reply_words import reply_cell
from protocol import UNDEFINED, JsonText, Response, dumps

from .embedding import clipped

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from inspector.calls.links import Link
    from inspector.findings.finding import Finding
    from protocol import UndefinedType

    from .page_limits import PageLimits

_SMALL = 2048
"""Bytes of payloads up to which an exchange is kept as it is."""
_SMALL_ERROR = 512
"""Bytes of an error up to which it is kept as it is."""
_TINY = 256
"""Bytes of payloads that are less than another exchange would be without them."""
_BRIEF = 100  # characters of a payload in a list
_BRIEF_BYTES = 300  # that these take in a page
_MOST_FINDINGS = 16  # that are kept with an exchange


class Text(msgspec.Struct, frozen=True):
    """A payload as far as it is kept.

    Attributes:
        text: How it begins: JSON as it was sent, if that is all of it.
        size: How many bytes it has.
    """

    text: str
    size: int


class ReplyText(msgspec.Struct, frozen=True):
    """A reply as far as it is kept.

    Attributes:
        place: Which of the replies it is, from 1.
        value: Its value; None without one.
        error: What the handler threw; None for nothing.
        last: Whether no more come, as it says itself.
    """

    place: int
    value: Text | None
    error: Text | None
    last: bool


class Bodies(msgspec.Struct, frozen=True):
    """The payloads of an exchange, as a page has them.

    Attributes:
        data: What was sent; None for nothing.
        metadata: What a hook added to it; None for nothing.
        replies: What came back; of many the first and the last.
        brief: What was sent, in a line …
        answer: … and what came back …
        style: … and the role of that.
        again: The words that make the call again; None where none do.
    """

    data: Text | None
    metadata: Text | None
    replies: list[ReplyText]
    brief: str
    answer: str
    style: str
    again: list[str] | None


_BARE = Bodies(None, None, [], "", "", "", None)


class Kept(msgspec.Struct, eq=False):
    """An exchange as it is kept for a page.

    Attributes:
        number: The number of the exchange.
        source: It, without its payloads if they are large; or what it can be made of.
        bodies: What is left of those then; None while they are in the exchange.
        bytes: How much they take.
        findings: What was found about it, as it came.
        link: What is known of the exchange for whose sake it was made.
        stripped: Whether its payloads are forgotten.
    """

    number: int
    source: Exchange | PlainExchange
    bodies: Bodies | None
    bytes: int
    findings: list[Finding] = msgspec.field(default_factory=list)
    link: Link | None = None
    stripped: bool = False

    @property
    def exchange(self) -> Exchange:
        """The exchange."""
        source = self.source
        if isinstance(source, PlainExchange):
            source = self.source = source.exchange()
        return source

    def add_finding(self, finding: Finding) -> None:
        """Note what was found about it."""
        if len(self.findings) < _MOST_FINDINGS:
            self.findings.append(finding)

    def strip(self) -> None:
        """Forget its payloads."""
        if self.bytes > _TINY:
            self.source = _bare(self.exchange)
        self.bodies, self.bytes, self.stripped = _BARE, 0, True

    def read(self, limits: PageLimits) -> Bodies:
        """Return its payloads."""
        return self.bodies or bodies_of(self.exchange, limits)


def kept(exchange: Exchange, limits: PageLimits) -> Kept:
    """Return what is kept of an exchange that is over."""
    size = payload_bytes(exchange)
    if size <= _SMALL and len(exchange.replies) <= limits.replies:
        return Kept(exchange.number, exchange, None, size)
    bodies = bodies_of(exchange, limits)
    texts = [bodies.data, bodies.metadata]
    texts += [part for each in bodies.replies for part in (each.value, each.error)]
    left = sum(len(each.text) for each in texts if each is not None)
    return Kept(exchange.number, _bare(exchange), bodies, left)


def kept_plain(plain: PlainExchange, limits: PageLimits) -> Kept:
    """Return the same of one that is an exchange only for whoever looks at it."""
    size = plain.payload_bytes
    if size <= _SMALL:
        return Kept(plain.number, plain, None, size)
    return kept(plain.exchange(), limits)


def _bare(exchange: Exchange) -> Exchange:
    """Return an exchange without its payloads, which knows how many there were.

    Of one that failed the error stays, by which findings are about it.
    """
    replies = _last_error(exchange) if failed(exchange) else []
    return msgspec.structs.replace(
        exchange,
        data=UNDEFINED,
        metadata=UNDEFINED,
        replies=replies,
        left_out=exchange.values - len(replies),
    )


def _last_error(exchange: Exchange) -> list[Response]:
    """Return the last reply with nothing but its error, which is made short."""
    err = last_error(exchange)
    if err is UNDEFINED:
        return []
    if len(err) > _SMALL_ERROR:
        short = {"message": failure_text(exchange)}
        status = status_of(err)
        err = JsonText(dumps(short if status is None else {"status": status} | short))
    reply = exchange.replies[-1]
    return [Response(reply.id, err=err, is_disposed=reply.is_disposed)]


def bodies_of(exchange: Exchange, limits: PageLimits) -> Bodies:
    """Return the payloads of an exchange, each as far as the limits allow."""
    most = limits.one_payload
    cell = reply_cell(exchange)
    return Bodies(
        data=_text(exchange.data, most),
        metadata=_text(exchange.metadata, most),
        replies=list(_replies(exchange, limits)),
        brief=_brief(short_text(exchange.data)),
        answer=_brief(cell.text),
        style=cell.style,
        again=call_words(exchange),
    )


def _replies(exchange: Exchange, limits: PageLimits) -> list[ReplyText]:
    """Return the replies that are kept, each with its place among all."""
    replies, left_out = exchange.replies, exchange.left_out
    places = [*range(1, len(replies)), len(replies) + left_out]
    numbered = list(
        zip(places[-len(replies) :] if replies else [], replies, strict=True)
    )
    if len(numbered) > limits.replies:
        half = limits.replies // 2
        numbered = numbered[:half] + numbered[-half:]
    return [_reply(place, reply, limits.one_payload) for place, reply in numbered]


def _reply(place: int, reply: Response, most: int) -> ReplyText:
    value, error = _text(reply.response, most), _text(reply.err, most)
    return ReplyText(place, value, error, last=reply.is_disposed)


def _text(payload: JsonText | UndefinedType, most: int) -> Text | None:
    if payload is UNDEFINED:
        return None
    raw = bytes(payload)
    if len(raw) <= most:
        return Text(raw.decode("utf-8", "replace"), len(raw))
    return Text(raw[:most].decode("utf-8", "ignore"), len(raw))


def _brief(text: str) -> str:
    if len(text) > _BRIEF:
        text = fit(text[: 2 * _BRIEF], _BRIEF).rstrip()
    return clipped(text, _BRIEF_BYTES)
