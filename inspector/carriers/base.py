"""What a carrier is: bytes of a connection to units with places, without I/O.

::

    bytes of one side ─► Carrier.recognise | find ─► Talk.receive ─► Unit, Unit …
                         whose is it?                the talk keeps what both sides said

A carrier is one package and one line in :mod:`inspector.carriers.registry`. It imports
:mod:`protocol` and this module only. It knows neither TCP nor captures: *places* count
the bytes that one side gave it, from 0; the calls above turn them into packets.

A *direct* carrier is one connection between who asks and who answers (Nest's TCP); a
*brokered* one has a broker in between, and an exchange runs over several connections.
"""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import msgspec

from protocol.named_tuple import NamedTuple

from .concealment import Concealment as Concealment  # noqa: TC001, PLC0414 — theirs

# Named here as a part of the interface.
from .costs import Cost as Cost  # noqa: TC001, PLC0414
from .costs import Taken as Taken  # noqa: TC001, PLC0414

# Named here as a part of the interface.

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from protocol import Json, Packet

    from .audiences import Audience
    from .detours import Death, Poll, Room

Side = int
"""0 for the side that the first captured packet of a connection came from, else 1."""
CARRIER_FAILURE = "carrier-failure"
"""The code of the Trouble that a carrier has failed, and reads a connection no more."""


class CarrierWarning(UserWarning):
    """A registered carrier cannot be used, or has failed; the message says which."""


class Span(NamedTuple):
    """Consecutive bytes of one side: from a place to the one after the last."""

    begin: int
    end: int


class Recognition(NamedTuple):
    """Bytes that are a carrier's.

    Attributes:
        place: Where its first unit begins in them.
        asks: Whether who sent them asks: the client of a direct carrier, the peer of a
            broker. None where the bytes do not show it.
    """

    place: int = 0
    asks: bool | None = None


class Verdict(Enum):
    """What else can be said of the beginning of a stream."""

    OTHER = "something else"
    UNDECIDED = "too few bytes to decide"


class Fate(StrEnum):
    """What becomes of a transfer by an errand that is about it."""

    KEPT = ""
    ACCEPTED = "accepted"  # who was handed it is done with it
    REQUEUED = "requeued"  # it is to be delivered again
    REJECTED = "rejected"  # it never is
    WITHDRAWN = "withdrawn"  # the broker hands it to nobody


class Unit(msgspec.Struct, gc=False, kw_only=True):
    """Something that the bytes of one side say.

    Attributes:
        side: Whose bytes they are.
        begin: Place of the first of them.
        end: Place after the last of them. A unit without an extent of its own begins
            and ends after the byte by which it shows.
        secret: Those of them, as places, that are never written where anything is
            concealed: a password in a handshake.
    """

    side: Side
    begin: int
    end: int
    secret: tuple[Span, ...] = ()


class Transfer(Unit, gc=False, kw_only=True):
    """A packet of Nest's, as one hop of its way.

    Attributes:
        packet: What it says.
        body: Its JSON text, as far as it may be shown.
        body_begin: Place of the first byte of that; None where it ends with the unit.
        pieces: Where it is, if its bytes do not follow each other; else none.
        original: The text as it travelled, where ``body`` conceals something; else
            None.
        head: Its first bytes, before the body, where those conceal something.
        channel: The subject, topic, queue or routing key that it was sent to; None for
            a direct carrier.
        correlation: What joins request and reply; None where that is the id in the
            packet.
        reply_channel: Where the reply is to go, if the request says so …
        reply_part: … and to which part of that, or in which part of it a reply is,
            where those who listen there have a part each.
        destination: The queue or group that a delivery is for; None for this
            subscription alone.
        subscription: What on this connection a delivery is for.
        since_ns: When that was subscribed to, in nanoseconds since 1970; 0 where that
            is not known.
        tag: What confirms and acknowledgements refer to on this connection.
        owed: How many of those are to come, as far as that is known.
        again: Whether the broker says that it was delivered before.
        after: What its receiver had to acknowledge before it could have it.
        died: Which queue did not keep it, where that is how it gets here.
        retained: Whether the broker had kept it for one who subscribed later.
        exact: What identifies the transfer on both sides of the broker, if anything …
        likeness: … and what, besides its body, is the same on both sides anyway.
        polled: The idle unit by which its receiver asked for it, with others or alone.
        facts: Headers, quality of service and the like, by name.
        dual: Whether its sender has to listen on another connection of its own.
    """

    packet: Packet
    body: bytes
    body_begin: int | None = None
    pieces: tuple[Span, ...] = ()
    original: bytes | None = None
    head: bytes = b""
    channel: str | None = None
    correlation: Hashable | None = None
    reply_channel: str | None = None
    reply_part: str | None = None
    destination: str | None = None
    subscription: Hashable | None = None
    since_ns: int = 0
    tag: Hashable | None = None
    owed: int = 0
    again: bool = False
    after: Room | None = None
    died: Death | None = None
    retained: bool = False
    exact: Hashable | None = None
    likeness: Hashable | None = None
    polled: Poll | None = None
    facts: Mapping[str, Json] | None = None
    dual: bool = False


class Errand(Unit, gc=False, kw_only=True):
    """A unit for the sake of transfers: a subscription, a confirm, an acknowledgement.

    Attributes:
        verb: What it does, in a word.
        about: The tags or correlations of the transfers that it is for; over a direct
            carrier the ids of their packets.
        channels: Reply channels, which many calls may share, that it opens or leaves.
        opens: Whether it comes before them.
        more: Whether another one with the same tag follows.
        unwanted: Whether the broker says thereby that nobody has subscribed to what it
            is about.
        fate: What becomes thereby of what it is about.
        exact: What that is identified by from now on, in the order of ``about``.
        shows: Whether who does it is a peer of Nest's, as who sends a transfer is.
        value: What it carries, such as a count: of messages that are still awaited
            where one ends a subscription, which it does not do before.
        text: Its bytes, if they hold nothing that is ever to be concealed but what
            ``secret`` names.
        original: The bytes as they travelled, where ``text`` conceals something.
    """

    verb: str
    about: tuple[Hashable, ...] = ()
    channels: tuple[str, ...] = ()
    opens: bool = False
    more: bool = False
    unwanted: bool = False
    fate: Fate = Fate.KEPT
    exact: tuple[Hashable, ...] = ()
    shows: bool = False
    value: Json = None
    text: bytes = b""
    original: bytes = b""


class Idle(Unit, gc=False, kw_only=True):
    """A unit of the connection alone: a handshake, a heartbeat, a declaration.

    Attributes:
        verb: What it does, in a word.
        channels: What its sender subscribes to thereby, perhaps by patterns.
        session: What its sender's session is called; who says the same takes it over.
        text: Its bytes, if they hold nothing that is ever to be concealed but what
            ``secret`` names.
        original: The bytes as they travelled, where ``text`` conceals something.
        audience: What it shows of who is handed what a broker is sent, if anything.
        polls: What the transfers name that it may turn out to have asked for.
    """

    verb: str
    channels: tuple[str, ...] = ()
    session: str = ""
    text: bytes = b""
    original: bytes = b""
    audience: Audience | None = None
    polls: Hashable | None = None


class Skipped(Unit, gc=False, kw_only=True):
    """Bytes of which nothing could be read, around what the capture lacks."""


class Trouble(Unit, gc=False, kw_only=True):
    """Bytes that say nothing in this carrier, or an objection of the broker.

    Attributes:
        code: The code of the finding that it is.
        detail: What is wrong, in words.
        lost: Bytes after it, as far as they had come, that the receiver drops with it.
        framed: Whether it is a unit of the stream whose content is malformed.
        about: The tags, channels or correlations of the transfers that it concerns.
    """

    code: str
    detail: str
    lost: int = 0
    framed: bool = False
    about: tuple[Hashable, ...] = ()


class Remark(Unit, gc=False, kw_only=True):
    """What a receiver does with the bytes of a side, where that is worth knowing.

    Attributes:
        code: The code of the finding that it is.
        subject: What it is about, in a word that distinguishes like ones.
        detail: More, in words.
        size: How many bytes or units it is about.
        duration_ns: How long it took, in nanoseconds.
        packet: The packet that it is about: that of the transfer before it.
    """

    code: str
    subject: str = ""
    detail: str = ""
    size: int = 0
    duration_ns: int = 0
    packet: Packet | None = None


class Express(Protocol):
    """Reads packets that are one whole plain unit, as nearly all are."""

    def read_whole(self, data: bytes) -> Packet | Trouble | None:
        """Return the packet, or what is wrong with it; None for any other bytes.

        After anything but a packet :meth:`Talk.express` has to be asked again.
        """


class Talk(Protocol):
    """What both sides of one connection say; it keeps what they have agreed on.

    A talk never raises: what it cannot read is a :class:`Trouble`, and it goes on with
    the next unit that it can find.

    Attributes:
        client: The side that asks, once that is known.
    """

    client: Side | None

    @property
    def plain(self) -> int:
        """Packets that its express readers have read."""

    def receive(self, side: Side, data: bytes, time_ns: int) -> list[Unit]:
        """Return the units that the next bytes of a side complete.

        Args:
            side: Whose bytes they are.
            data: Consecutive bytes, carried by one captured packet.
            time_ns: When that was captured, in nanoseconds.
        """

    def lose(self, side: Side) -> list[Unit]:
        """Return what is left of a side whose next bytes are missing.

        What comes next begins with a unit; see :meth:`Carrier.find`.
        """

    def received(self, side: Side) -> int:
        """Return how many bytes of a side it was given: the place of the next."""

    def buffered(self, side: Side) -> int:
        """Return how many of them it keeps for a unit that is not complete."""

    def begun(self, side: Side) -> int:
        """Return how many of the last bytes belong to a unit that is not complete.

        0 while it is in doubt where that ends.
        """

    def finish(self, side: Side, time_ns: int, cause: str) -> list[Unit]:
        """Return what there is to say of a side of which no byte will come.

        Args:
            side: Whose bytes they were.
            time_ns: When that was known, in nanoseconds.
            cause: ``close``, ``reset``, ``end`` (of the capture) or ``limit``.
        """

    def express(self, side: Side) -> Express | None:
        """Return what may read the next bytes of a side, if that may be the plain case.

        None if it has no such way, or not now. A brokered carrier is not asked: of
        its transfers more matters than the packet.
        """


@runtime_checkable
class Carrier(Protocol):
    """A way in which packets travel.

    Attributes:
        name: In JSON lines, filters and options: ``tcp``.
        title: In views: ``TCP``.
        brokered: Whether a broker is between client and server.
        queued: Whether a transfer waits in the broker until a consumer takes it.
        reach: Bytes before the place of a unit, or at its beginning, that have to be
            seen together to find it in the middle of a stream.
    """

    @property
    def name(self) -> str: ...  # noqa: D102 — see the class
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def brokered(self) -> bool: ...  # noqa: D102
    @property
    def queued(self) -> bool: ...  # noqa: D102
    @property
    def reach(self) -> int: ...  # noqa: D102

    def recognise(self, beginning: bytes) -> Recognition | Verdict:
        """Judge a stream by the bytes that one side begins with."""

    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:
        """Find the first unit in the middle of a stream; None where none shows.

        Args:
            middle: Consecutive bytes of one side: new ones, and ``reach`` before them.
            boundary: Whether they begin where a captured packet did.
        """

    def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:
        """Return what reads one connection.

        Args:
            conceal: What hides secrets in it; None where nothing is hidden.
            whole: Whether the capture holds the beginning of the connection. Where it
                does not, both sides may have agreed on something already.
        """

    def cost(self, taken: Taken) -> Cost | None:
        """Return what an exchange takes; None for what has no plain case."""

    def explain(self, unit: Unit) -> str:
        """Return a unit in a few words, for rows of packets."""

    def measure(self, transfer: Transfer) -> str:
        """Return how large a transfer is in a unit of the carrier's own.

        Nothing where that is bytes, which are counted anyway.
        """
