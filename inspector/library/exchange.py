"""An exchange as a value: named as in JSON lines, its payloads as Python values.

==================  ===============================================================
wire                here
==================  ===============================================================
a JSON value        what ``json.loads`` gives for it: dict, list, str, int, float …
``null``            None
an absent key       :data:`~protocol.UNDEFINED`, which is false and is not None
==================  ===============================================================

The names are those of ``docs/output.md``. What is computed from the capture is computed
when it is asked for, and a payload is decoded once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from inspector.calls.exchanges import Exchange as Observed
from inspector.calls.exchanges import Kind, Outcome
from inspector.calls.links import Link  # noqa: TC001 — msgspec reads it
from inspector.filters.keys import KEYS, evidence, named, parent, possible
from inspector.words import duration, plural
from protocol import UNDEFINED, Json, JsonText, Response, UndefinedType, loads

from .kept import KeptErrands, KeptPacket, Place, kept_errands, kept_packets
from .passing import Passing
from .reply import Reply, payload_value, present
from .reprs import milliseconds, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.calls.passages import Passage

_SUCCEEDED = (Outcome.COMPLETED, Outcome.SENT)
_MOST_REPLIES = 3  # that a repr shows


class _Kept(msgspec.Struct, frozen=True):
    """An exchange by itself, without the connection that it was seen on."""

    number: int
    kind: Kind
    outcome: Outcome | None
    pattern: Json
    route: str | None
    id: Json
    carrier: str
    connection: Place
    time_ns: int
    latency_ns: int | None
    duration_ns: int | None
    data: Json
    replies: tuple[Reply, ...]
    request_packets: list[KeptPacket]
    reply_packets: list[KeptPacket]
    packets: int
    request_bytes: int
    reply_bytes: int
    metadata: Json
    errands: KeptErrands | None
    shared_packets: list[KeptPacket]
    in_flight: bool
    client_text: str
    server_text: str
    passage: dict[str, Any] | None
    link: Link | None


# decision 55: The library's exchange is a view, not a copy
class Exchange(Passing):
    """A request and its replies, an event, or replies without their request.

    Two are equal when they say the same; they can be pickled and copied. ``str()`` is
    one line for a person.
    """

    __slots__ = ("_data", "_metadata", "_replies", "_source")

    _source: Observed | _Kept
    _data: Json
    _metadata: Json
    _replies: Sequence[Response] | tuple[Reply, ...]

    def __init__(self, source: Observed | _Kept) -> None:
        self._source = source
        self._data = source.data
        self._metadata = source.metadata
        self._replies = source.replies

    @property
    def _passage(self) -> Passage | dict[str, Any] | None:
        return self._source.passage

    @property
    def number(self) -> int:
        """Its place in the order of requests, from 1: ``#12`` in the views."""
        return self._source.number

    @property
    def kind(self) -> Kind:
        """A message, an event, or an orphan: replies without their request."""
        return self._source.kind

    @property
    def outcome(self) -> Outcome:
        """How it ended, such as ``completed``, ``error`` or ``unanswered``."""
        outcome = self._source.outcome
        assert outcome is not None  # what is yielded is over
        return outcome

    @property
    def failed(self) -> bool:
        """Whether it ended otherwise than ``completed`` or ``sent``.

        One that is in flight when the capture ends has not.
        """
        return not (self._source.outcome in _SUCCEEDED or self._source.in_flight)

    @property
    def in_flight(self) -> bool:
        """Whether its end may have come after that of the capture."""
        return self._source.in_flight

    @property
    def pattern(self) -> Json:
        """As it was sent: a string, a number, an object. UNDEFINED in an orphan."""
        return self._source.pattern

    @property
    def route(self) -> str | None:
        """The name under which the server looks for a handler; None in an orphan."""
        return self._source.route

    @property
    def id(self) -> Json:
        """As it was sent; UNDEFINED in an event."""
        return self._source.id

    @property
    def connection(self) -> int:
        """The number of the connection, in order of appearance, from 1."""
        return self._source.connection.number

    @property
    def carrier(self) -> str:
        """What carried it, such as ``tcp``."""
        return self._source.carrier

    @property
    def client(self) -> str:
        """Who asked: ``address:port``, ``[address]:port`` for IPv6."""
        return self._source.client_text

    @property
    def server(self) -> str:
        """Who was asked."""
        return self._source.server_text

    @property
    def parent(self) -> int | UndefinedType:
        """The number of the exchange for whose sake it was made, if that is known."""
        return parent(self._source.link)

    @property
    def parent_evidence(self) -> str | UndefinedType:
        """What shows that, such as ``data`` or ``trace``."""
        return evidence(self._source.link)

    @property
    def possible_parents(self) -> list[int] | UndefinedType:
        """The numbers of those that it may be, where several may, or it is a guess."""
        return possible(self._source.link)

    @property
    def client_name(self) -> str | UndefinedType:
        """What people call the client; UNDEFINED where they do not."""
        return named(self._source.connection.client_name)

    @property
    def server_name(self) -> str | UndefinedType:
        """What people call the server."""
        return named(self._source.connection.server_name)

    @property
    def time_ns(self) -> int:
        """When the record that began it was captured, nanoseconds since 1970."""
        return self._source.time_ns

    @property
    def latency_ns(self) -> int | None:
        """From the completed request to the completed first reply, in nanoseconds.

        None where there was no reply, in an event, and in an orphan.
        """
        return self._source.latency_ns

    @property
    def duration_ns(self) -> int | None:
        """The same to the last reply."""
        return self._source.duration_ns

    @property
    def latency_ms(self) -> float | None:
        """``latency_ns`` in milliseconds."""
        return milliseconds(self._source.latency_ns)

    @property
    def duration_ms(self) -> float | None:
        """``duration_ns`` in milliseconds."""
        return milliseconds(self._source.duration_ns)

    @property
    def data(self) -> Json:
        """The payload of the request or event; UNDEFINED where it has none."""
        if isinstance(self._data, JsonText):
            self._data = loads(self._data)
        return self._data

    @property
    def metadata(self) -> Json:
        """What a dispatch hook of Nest 12 added; UNDEFINED where none did."""
        if isinstance(self._metadata, JsonText):
            self._metadata = loads(self._metadata)
        return self._metadata

    @property
    def replies(self) -> tuple[Reply, ...]:
        """The replies in the order that they came; of more than 10,000 all but some.

        Then the first 9,999 are here, and the last.
        """
        replies = self._replies
        if not isinstance(replies, tuple):
            self._replies = replies = tuple(map(Reply.of, replies))
        return replies

    @property
    def response(self) -> Json:
        """The value of the last reply that has one; UNDEFINED where none has."""
        return self._last("response")

    @property
    def err(self) -> Json:
        """What the handler threw; UNDEFINED where it threw nothing."""
        return self._last("err")

    @property
    def request_packets(self) -> tuple[int, ...]:
        """The records that carried the request or event, as Wireshark counts them."""
        return tuple(packet.number for packet in self._source.request_packets)

    @property
    def reply_packets(self) -> tuple[int, ...]:
        """Those that carried the replies.

        A record that carried a reply and the one before is listed once.
        """
        return tuple(packet.number for packet in self._source.reply_packets)

    @property
    def errand_packets(self) -> tuple[int, ...]:
        """Those that carried what its carrier did for it, and nothing of it."""
        errands = self._source.errands
        return () if errands is None else tuple(each.number for each in errands.packets)

    @property
    def packets(self) -> int:
        """How many records carried it."""
        return self._source.packets

    @property
    def shared_packets(self) -> tuple[int, ...]:
        """Those of them that carried another frame too."""
        return tuple(packet.number for packet in self._source.shared_packets)

    @property
    def request_bytes(self) -> int:
        """Size of the frame of the request or event on the wire."""
        return self._source.request_bytes

    @property
    def reply_bytes(self) -> int:
        """Size of the frames of all replies."""
        return self._source.reply_bytes

    def to_dict(self) -> dict[str, Json]:
        """Return what the JSON line of the exchange holds, absent keys left out."""
        members = {key.name: getattr(self, key.name) for key in KEYS}
        members |= {"kind": self.kind.value, "outcome": self.outcome.value}
        members["replies"] = [reply.to_dict() for reply in self.replies]
        for name in ("request_packets", "reply_packets", "shared_packets"):
            members[name] = list(members[name])
        errands = list(self.errand_packets)
        members["errand_packets"] = errands if self._source.errands else UNDEFINED
        members["in_flight"] = self.in_flight or UNDEFINED
        return present({"type": "exchange"} | members)

    def _last(self, name: str) -> Json:
        """Return a payload of the last reply that has it, and decode no other."""
        for reply in reversed(self._replies):
            value = getattr(reply, name)
            if value is not UNDEFINED:
                return payload_value(value)
        return UNDEFINED

    def _kept(self) -> _Kept:
        source = self._source
        return _Kept(
            number=source.number,
            kind=source.kind,
            outcome=source.outcome,
            pattern=source.pattern,
            route=source.route,
            id=source.id,
            carrier=source.carrier,
            connection=Place.of(source.connection),
            time_ns=source.time_ns,
            latency_ns=source.latency_ns,
            duration_ns=source.duration_ns,
            data=self.data,
            replies=self.replies,
            request_packets=kept_packets(source.request_packets),
            reply_packets=kept_packets(source.reply_packets),
            packets=source.packets,
            request_bytes=source.request_bytes,
            reply_bytes=source.reply_bytes,
            metadata=self.metadata,
            errands=kept_errands(source.errands),
            shared_packets=kept_packets(source.shared_packets),
            in_flight=source.in_flight,
            client_text=source.client_text,
            server_text=source.server_text,
            passage=None if source.passage is None else self._kept_passage(),
            link=source.link,
        )

    def __reduce__(self) -> tuple[type[Exchange], tuple[_Kept]]:
        return Exchange, (self._kept(),)

    def __eq__(self, other: object) -> bool:
        return self._kept() == other._kept() if isinstance(other, Exchange) else False

    def __hash__(self) -> int:
        return hash((self.number, self.time_ns, self.connection))

    def __str__(self) -> str:
        words = [f"#{self.number}", self.kind.value]
        words += [self.route or "", shortened(self.data)]
        if self.kind is not Kind.EVENT:
            words += ["→", _spelled(self.replies)]
        ended = self.outcome.value.replace("_", " ")
        if self.in_flight:
            ended = "in flight"
        if self.duration_ns is not None:
            ended += f" in {duration(self.duration_ns)}"
        said = " ".join(word for word in words if word)
        return f"{said}, {ended}, {plural(self.packets, 'packet')}"

    def __repr__(self) -> str:
        return f"<Exchange {self}>"


def observed_of(exchange: Exchange) -> Observed:
    """Return an exchange that was not kept by itself as it was seen."""
    source = exchange._source  # noqa: SLF001 — for what makes rows of it
    assert isinstance(source, Observed)
    return source


def _spelled(replies: tuple[Reply, ...]) -> str:
    shown = ", ".join(map(str, replies[:_MOST_REPLIES])) or "no reply"
    return shown + (", …" if len(replies) > _MOST_REPLIES else "")
