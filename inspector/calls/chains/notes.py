"""What is kept of an exchange: who sent it, who handled it when, and its values.

A call is under way at the one who handles it from its request to its last reply. An
event has no reply: what it causes may begin for some seconds after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

from inspector.calls.costs import has_sessions
from inspector.calls.exchanges import Exchange, Kind
from inspector.calls.passages import Leg, Way
from protocol import UNDEFINED
from protocol.named_tuple import NamedTuple

from .tokens import Values, both, values_of, values_of_route
from .traces import trace_in, trace_of

if TYPE_CHECKING:
    from inspector.calls.links import Link
    from inspector.calls.passages import Hop, Passage
    from protocol import JsonText, Response, UndefinedType

EVENT_NS = 10_000_000_000
"""How long after an event something may begin that it has caused."""
PENDING_NS = 60_000_000_000
"""… and after a message that has no reply."""
LATE_NS = 20_000_000
"""How long after its answer a service may still send something for a call."""
WAITED_NS = 250_000_000
"""How long what is sent may wait until its connection is open, as far as known."""
_MOST_REPLIES = 16  # whose values are looked at
_MOST_HANDLERS = 16
_LONG = 4  # bytes of a reply that tells something as a whole
_WHOLE = "~"
_REQUEST, _REPLY, _IN, _OUT = Leg.REQUEST, Leg.REPLY, Way.IN, Way.OUT


class Answer(NamedTuple):
    """A reply.

    Attributes:
        time_ns: When it was complete.
        values: The values in it.
        whole: What all of it is known by; empty if that is short.
    """

    time_ns: int
    values: Values
    whole: str = ""


class Scope:
    """The time in which somebody handles an exchange.

    Attributes:
        note: Of the exchange.
        receiver: Who handles it, as ``address:port``; empty if that is not captured …
        host: … and the address.
        begin_ns: When the request was there …
        end_ns: … and the last reply was given.
    """

    __slots__ = ("begin_ns", "end_ns", "host", "note", "receiver")

    def __init__(
        self, note: Note, receiver: str, host: str, begin_ns: int, end_ns: int
    ) -> None:
        self.note = note
        self.receiver = receiver
        self.host = host
        self.begin_ns = begin_ns
        self.end_ns = end_ns

    def holds(self, time_ns: int) -> bool:
        """Whether something that it causes may begin at a time."""
        return self.begin_ns <= time_ns <= self.end_ns


class Note:
    """What is kept of an exchange while it may be a parent, or have one.

    Attributes:
        number: Its number.
        route: Its route.
        is_event: Whether it has no reply, ever.
        connection: The number of the connection of its request.
        pushed: Whether a gateway sent it to a client.
        of_client: Whether a client sent it to a gateway, whose sockets have names.
        begin_ns: When its request began …
        end_ns: … and when it was over.
        opened_ns: When the connection was opened that it was sent on; 0 if the capture
            lacks that …
        since_ns: … and since when what it was made for may have been over …
        waited: … since it may have waited for its connection.
        ended: Receivers at its address that had just answered when it began.
        made: Port and route → when a call was made for it there last, as far as known.
        clients: What its gateway calls the client who sent it, or has it.
        answered: Whether it has a reply.
        sender: Who sent it, as ``address:port``; empty if that is not captured …
        host: … and the address.
        target: Whom it was sent to: a server, or a channel of a broker …
        channel: … and the name of that.
        scopes: Who handled it.
        values: Those of its request.
        news: The telling values of its replies that its request lacks.
        told: … and what these are known by as a whole.
        replies: Its replies, of many the first.
        trace: The trace that it names; empty for none.
        candidates: The exchanges that may be its parent, by data or trace …
        answers: … and those before whose answers are in its data.
        crowded: Whether there are more of either than were looked at.
        others: What was handled at the address of its sender when it began …
        more: … and whether there was more.
        link: What is known of its parent; None before that is settled, and for none.
        parent: The note of its parent, if that is known.
    """

    __slots__ = (
        "answered",
        "answers",
        "begin_ns",
        "candidates",
        "channel",
        "clients",
        "connection",
        "crowded",
        "end_ns",
        "ended",
        "host",
        "is_event",
        "link",
        "made",
        "more",
        "news",
        "number",
        "of_client",
        "opened_ns",
        "others",
        "parent",
        "pushed",
        "replies",
        "route",
        "scopes",
        "sender",
        "since_ns",
        "target",
        "told",
        "trace",
        "values",
        "waited",
    )

    def __init__(self, exchange: Exchange) -> None:
        self.number = exchange.number
        self.route = exchange.route or ""
        self.is_event = exchange.kind is Kind.EVENT
        self.connection = exchange.connection.number
        self.pushed = exchange.pushed
        gateway = has_sessions(exchange.connection.carrier)
        self.of_client = gateway and not exchange.pushed
        self.begin_ns = exchange.time_ns
        self.answered = exchange.last_reply_ns is not None
        self.end_ns = exchange.last_reply_ns or exchange.time_ns
        self.sender = self.host = self.target = self.channel = ""
        self.opened_ns = 0
        self.clients = exchange.connection.sockets
        self.scopes: list[Scope] = []
        self.values = _values_of_request(exchange)
        self.replies = _replies(exchange)
        self.news = (
            frozenset[str]()
            .union(*(each.values.tokens for each in self.replies))
            .difference(self.values.tokens)
        )
        wholes = frozenset(each.whole for each in self.replies if each.whole)
        self.told = self.news | wholes
        self.trace = trace_of(exchange.metadata) or _trace_of_passage(exchange)
        self.candidates: list[Candidate] = []
        self.link: Link | None = None
        self.answers: list[Note] = []
        self.others: list[Scope] = []
        self.more = False
        self.crowded = False
        self.parent: Note | None = None
        if exchange.passage is None:
            self._pass_directly(exchange)
        else:
            self._pass_over(exchange, exchange.passage)
        self.since_ns = self.begin_ns
        self.waited = False
        self.ended = frozenset[str]()
        self.made: dict[tuple[str, str], int] = {}

    def _pass_directly(self, exchange: Exchange) -> None:
        connection = exchange.connection
        sender, receiver = connection.client_endpoint, connection.server_endpoint
        if exchange.pushed:
            sender, receiver = receiver, sender
        self.sender, self.host = str(sender), sender.address
        self.target = str(receiver)
        if connection.attempts and not exchange.pushed:
            self.opened_ns = connection.opened_ns
        if exchange.kind is Kind.ORPHAN or exchange.pushed:
            return  # nobody knows what was asked; what a person answers is a new chain
        end_ns = self._until_ns(exchange, exchange.last_reply_ns)
        self._add(str(receiver), receiver.address, exchange.asked_ns, end_ns)

    def _pass_over(self, exchange: Exchange, passage: Passage) -> None:
        handed = passage.first(_REQUEST, _IN)
        if handed is not None:
            self.sender, self.host = str(handed.peer), handed.peer.address
            self.begin_ns = handed.records[0].time_ns
            connection = handed.party
            self.connection = connection.number
            self.opened_ns = connection.opened_ns if connection.attempts else 0
        self.channel = passage.channel
        self.target = f"{exchange.connection.server_text} {passage.channel}"
        answered: dict[str, int] = {}
        for hop in passage.of(_REPLY, _IN):
            answered[str(hop.peer)] = hop.time_ns
        for hop in list(passage.of(_REQUEST, _OUT))[:_MOST_HANDLERS]:
            if not hop.overheard:
                self._deliver(exchange, hop, answered.get(str(hop.peer)))

    def _deliver(self, exchange: Exchange, hop: Hop, answer_ns: int | None) -> None:
        end_ns = self._until_ns(exchange, answer_ns, hop.time_ns)
        self._add(str(hop.peer), hop.peer.address, hop.time_ns, end_ns)

    def _until_ns(
        self, exchange: Exchange, answer_ns: int | None, begin_ns: int = 0
    ) -> int:
        """Return until when it can be the cause of something at its receiver."""
        begin_ns = begin_ns or exchange.asked_ns
        if exchange.kind is Kind.EVENT:
            return begin_ns + EVENT_NS
        if answer_ns is None:
            return begin_ns + PENDING_NS
        return answer_ns

    def _add(self, receiver: str, host: str, begin_ns: int, end_ns: int) -> None:
        self.scopes.append(Scope(self, receiver, host, begin_ns, end_ns))


class Candidate:
    """An exchange that may be the parent of another.

    On the address of a machine itself, where all ports are, it may be over by then: who
    has answered may send something after that.

    Attributes:
        scope: In which that began.
        by_trace: Whether both name the same trace …
        by_data: … or their data agrees …
        by_answer: … or the data with what another call of the same parent answered.
    """

    __slots__ = ("by_answer", "by_data", "by_trace", "scope")

    def __init__(
        self,
        scope: Scope,
        *,
        by_trace: bool = False,
        by_data: bool = False,
        by_answer: bool = False,
    ) -> None:
        self.scope = scope
        self.by_trace = by_trace
        self.by_data = by_data
        self.by_answer = by_answer

    @property
    def note(self) -> Note:
        """What is kept of the exchange."""
        return self.scope.note


def is_late(note: Note, scope: Scope) -> bool:
    """Whether what somebody handled was over when an exchange began."""
    return scope.end_ns < note.begin_ns


def fits(note: Note, scope: Scope) -> bool:
    """Whether what somebody handles can be what an exchange was made for.

    Not if the same client asks again, or a service would ask itself, or the traces that
    both name differ.
    """
    outer = scope.note
    if outer.sender and outer.sender == note.sender:
        return False
    if scope.receiver == note.target:
        return False
    if outer.route == note.route and outer.target == note.target:
        return False
    return not (note.trace and outer.trace and note.trace != outer.trace)


def _values_of_request(exchange: Exchange) -> Values:
    values = values_of([exchange.data])
    if exchange.metadata is not UNDEFINED:
        named = values_of([exchange.metadata]).sockets
        values = values._replace(sockets=values.sockets | named)
    return both(values, values_of_route(exchange.route))


def _trace_of_passage(exchange: Exchange) -> str:
    passage = exchange.passage
    return "" if passage is None or not passage.trace else trace_in(passage.trace)


def _payload(reply: Response) -> JsonText | UndefinedType:
    return reply.err if reply.response is UNDEFINED else reply.response


def _whole(payload: JsonText | UndefinedType) -> str:
    if payload is UNDEFINED or len(payload) < _LONG:
        return ""
    return f"{_WHOLE}{len(payload)} {crc32(payload)}"


def _replies(exchange: Exchange) -> list[Answer]:
    ends = exchange.reply_ends
    return [
        Answer(
            ends[place].time_ns if place < len(ends) else exchange.last_reply_ns or 0,
            values_of([payload := _payload(each)]),
            _whole(payload),
        )
        for place, each in enumerate(exchange.replies[:_MOST_REPLIES])
    ]
