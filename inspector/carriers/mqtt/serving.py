"""What all control packets but PUBLISH are, by what they refer to.

=====================================  =============================================
SUBSCRIBE, SUBACK of a reply topic     Errands that open it for the calls to come
UNSUBSCRIBE, UNSUBACK of it            Errands that leave it
PUBACK, PUBREC, PUBREL, PUBCOMP        Errands of the transfer that has the number
a refusal of the broker's              Trouble: ``broker-error``
CONNECT, CONNACK, pings, the rest      Idle
=====================================  =============================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Errand, Idle, Span, Trouble

from .concealing import hide_topics
from .contents import (
    read_acknowledgement,
    read_connack,
    read_disconnect,
    read_listed,
    read_subscribe,
    read_unsubscribe,
)
from .flights import Flights
from .handshake import FIVE, read_connect
from .headers import (
    AUTH,
    CONNACK,
    CONNECT,
    DISCONNECT,
    PINGREQ,
    PINGRESP,
    PUBACK,
    PUBCOMP,
    PUBREC,
    PUBREL,
    SUBACK,
    SUBSCRIBE,
    UNSUBACK,
    UNSUBSCRIBE,
    VERBS,
)
from .reasons import FAILURE, NO_SUBSCRIBERS, reason_of, refusal_of
from .subscriptions import Subscriptions
from .topics import is_for_replies

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from inspector.carriers.base import Concealment, Side, Unit

    from .contents import Acknowledged, Listed
    from .levels import Level, Reading
    from .properties import Properties
    from .reading import Control

MOST_LISTS = 1_024
"""SUBSCRIBE and UNSUBSCRIBE that may wait for their acknowledgement."""
_REFUSAL = 2  # bytes of a CONNACK before MQTT 5, after its head
_OF_CLIENT = {CONNECT, SUBSCRIBE, UNSUBSCRIBE, PINGREQ}
_OF_BROKER = {CONNACK, SUBACK, UNSUBACK, PINGRESP}


class Serving:
    """What serves transfers, and the connection, on both sides.

    Args:
        conceal: What hides secrets; None where nothing is hidden.
        level: Which level of MQTT it is.

    Attributes:
        client: The side that is not the broker, once that is known.
        now_ns: What time it is, in nanoseconds since 1970.
        subscriptions: What the client has subscribed to.
        flights: What each side has sent and is not acknowledged.
    """

    def __init__(self, conceal: Concealment | None, level: Level) -> None:
        self.client: Side | None = None
        self.now_ns = 0
        self.subscriptions = Subscriptions()
        self.flights = Flights(0, 2), Flights(1, 2)
        self._conceal = conceal
        self._level = level
        self._lists: dict[tuple[bool, int], tuple[str, ...]] = {}
        self._meanings: dict[int, Callable[[Side, Control], Unit]] = {
            CONNECT: self._greet,
            CONNACK: self._welcome,
            SUBSCRIBE: self._subscribe,
            UNSUBSCRIBE: self._unsubscribe,
            SUBACK: self._confirm,
            UNSUBACK: self._confirm,
            DISCONNECT: self._leave,
            AUTH: self._authenticate,
            **dict.fromkeys((PUBACK, PUBREC, PUBREL, PUBCOMP), self._acknowledge),
        }

    def read(self, side: Side, control: Control) -> Unit:
        """Return what a control packet is.

        Raises:
            MalformedError: It is malformed.
        """
        if self.client is None and control.kind in _OF_CLIENT:
            self.client = side
        elif self.client is None and control.kind in _OF_BROKER:
            self.client = 1 - side
        meaning = self._meanings.get(control.kind)
        return _idle(side, control) if meaning is None else meaning(side, control)

    def _greet(self, side: Side, control: Control) -> Unit:
        said = read_connect(control.data, control.head)
        if self._conceal is not None:
            control = hide_topics(control, said.topics, self._conceal)
        self._level.five = said.level == FIVE
        unit = _idle(side, control)
        unit.secret = _moved(said.secret, control.begin)
        unit.session = said.client
        return unit

    def _welcome(self, side: Side, control: Control) -> Unit:
        # A broker refuses a level that it does not know in one that it does.
        five = len(control.data) > control.head + _REFUSAL
        said = read_connack(control.data, control.head, five=five)
        if not said.code:
            self._level.five = five
            unit = _idle(side, control)
            unit.secret = _secrets(said.properties, control)
            return unit
        if said.code < FAILURE:
            return self._trouble(side, control, refusal_of(said.code))
        return self._trouble(side, control, self._reason_of(said))

    def _subscribe(self, side: Side, control: Control) -> Unit:
        control, said = self._hidden(control, read_subscribe)
        for each in said.filters:
            self.subscriptions.add(each, self.now_ns)
        return self._list(side, control, said)

    def _unsubscribe(self, side: Side, control: Control) -> Unit:
        control, said = self._hidden(control, read_unsubscribe)
        return self._list(side, control, said)

    def _hidden(
        self, control: Control, reading: Reading[Listed]
    ) -> tuple[Control, Listed]:
        """Return a list of filters as it may be shown, and what it says."""
        said = self._level.read(reading, control)
        if self._conceal is None:
            return control, said
        control = hide_topics(control, said.spans, self._conceal)
        return control, self._level.read(reading, control)

    def _list(self, side: Side, control: Control, said: Listed) -> Unit:
        """Return what a list of filters is for, and let it be acknowledged."""
        lists, opens = self._lists, control.kind == SUBSCRIBE
        number, filters = said.number, said.filters
        lists.pop((opens, number), None)
        lists[opens, number] = filters
        if len(lists) > MOST_LISTS:
            del lists[next(iter(lists))]
        unit = _tending(side, control, filters, opens=opens)
        unit.secret = _secrets(said.properties, control)
        return unit

    def _confirm(self, side: Side, control: Control) -> Unit:
        """Return what a SUBACK or UNSUBACK is for."""
        said = self._level.read(read_listed, control)
        opens = control.kind == SUBACK
        filters = self._lists.pop((opens, said.number), None)
        if not opens:
            for each in filters or ():
                self.subscriptions.remove(each)
        known = filters or ("",) * len(said.codes)
        for code, text in zip(said.codes, known, strict=False):
            if code >= FAILURE:
                self.subscriptions.remove(text)
                what = f"{VERBS[control.kind - 1]} {text}".strip()
                return self._trouble(
                    side, control, f"{what}: {reason_of(code)}", (text,)
                )
        unit: Unit
        if filters is None:  # most are of reply topics: which one is not known
            unit = _errand(side, control)
        else:
            unit = _tending(side, control, filters, opens=opens)
        unit.secret = _secrets(said.properties, control)
        return unit

    def _acknowledge(self, side: Side, control: Control) -> Unit:
        """Return which transfer an acknowledgement is for."""
        said = self._level.read(read_acknowledgement, control)
        kind, failed = control.kind, said.code >= FAILURE
        sender = side if kind == PUBREL else 1 - side
        flights = self.flights[sender]
        over = kind in {PUBACK, PUBCOMP} or (kind == PUBREC and failed)
        flight = flights.end(said.number) if over else flights.get(said.number)
        secret = _secrets(said.properties, control)
        if flight is not None and not flight.passes and not failed:
            return _idle(side, control, secret)
        about = (flight.tag,) if flight is not None else ()
        if failed and side != self.client and kind in {PUBACK, PUBREC}:
            topic = "" if flight is None else flight.topic
            detail = f"PUBLISH {topic}".strip()
            reason = self._reason_of(said)
            return self._trouble(side, control, f"{detail}: {reason}", about)
        unit = _errand(side, control, about)
        unit.secret = secret
        unit.more = kind in {PUBREC, PUBREL} and not over
        unit.unwanted = said.code == NO_SUBSCRIBERS and side != self.client
        return unit

    def _leave(self, side: Side, control: Control) -> Unit:
        """Return why a side leaves; only a broker's reason is an objection."""
        said = self._level.read(read_disconnect, control)
        if said.code < FAILURE or side == self.client:
            return _idle(side, control, _secrets(said.properties, control))
        return self._trouble(side, control, self._reason_of(said))

    def _authenticate(self, side: Side, control: Control) -> Unit:
        said = self._level.read(read_disconnect, control)
        return _idle(side, control, _secrets(said.properties, control))

    def _reason_of(self, said: Acknowledged) -> str:
        """Return why a broker refuses; its own words may quote anything."""
        return reason_of(said.code, said.reason if self._conceal is None else "")

    def _trouble(
        self,
        side: Side,
        control: Control,
        detail: str,
        about: tuple[Hashable, ...] = (),
    ) -> Trouble:
        """Return what the broker objects to."""
        if self._conceal is not None:
            detail = self._conceal.words(detail)
        return Trouble(
            side=side,
            begin=control.begin,
            end=control.end,
            code="broker-error",
            detail=detail,
            about=about,
        )


def _tending(
    side: Side, control: Control, filters: tuple[str, ...], *, opens: bool
) -> Unit:
    """Return what is done for the replies to calls, or else for the connection."""
    channels = tuple(filter(is_for_replies, filters))
    if not channels:
        idle = _idle(side, control)
        idle.channels = filters if control.kind == SUBSCRIBE else ()
        return idle
    unit = _errand(side, control)
    unit.channels, unit.opens = channels, opens
    return unit


def _errand(side: Side, control: Control, about: tuple[Hashable, ...] = ()) -> Errand:
    return Errand(
        side=side,
        begin=control.begin,
        end=control.end,
        verb=VERBS[control.kind],
        about=about,
        text=control.data,
        original=control.sent,
    )


def _idle(side: Side, control: Control, secret: tuple[Span, ...] = ()) -> Idle:
    return Idle(
        side=side,
        begin=control.begin,
        end=control.end,
        secret=secret,
        verb=VERBS[control.kind],
        text=control.data,
        original=control.sent,
    )


def _secrets(properties: Properties, control: Control) -> tuple[Span, ...]:
    """Return what of the properties of a packet may be secret; most have none."""
    if not (properties.secret or properties.user):
        return ()
    return _moved(properties.private, control.begin)


def _moved(spans: tuple[Span, ...], begin: int) -> tuple[Span, ...]:
    """Return places in a packet as places of its side."""
    return tuple(Span(begin + low, begin + high) for low, high in spans)
