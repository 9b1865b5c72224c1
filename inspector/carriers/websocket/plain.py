"""Messages of Nest's adapter for ``ws``: JSON with an event and its data.

==============================  ===============================================
``{"event":"sum","data":[1]}``  an event, whichever side sends it
other text of the gateway       Idle, and a Remark: a handler returned it
anything else                   Idle: Nest takes no notice of it
==============================  ===============================================

An answer is an event again, without a number: nothing in it says what it answers.

Others write events too. Pusher's (its Channels protocol, version 7) are named
``pusher:…``, or have a channel and their data as JSON in a string; those of exchanges
and the like have other keys instead of data.

Source: ``packages/platform-ws/adapters/ws-adapter.ts``;
https://pusher.com/docs/channels/library_auth_reference/pusher-websockets-protocol/
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from inspector.carriers.base import Remark
from inspector.carriers.sessions import SessionTransfer
from protocol import UNDEFINED, Event, JsonText, loads

from .making import UNFRAMED
from .payloads import (
    EXCEPTION,
    cause_in,
    hidden,
    is_json,
    members_of,
    renamed,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inspector.carriers.base import Side, Unit
    from inspector.carriers.web.messages import Envelope

    from .making import Maker

_ENVELOPE = {"event", "data"}
_PUSHER = ("pusher:", "pusher_internal:")
_OF_CLIENTS = "client-"
_PUSHED = {"event", "channel", "data", "user_id"}
_NOTHING = JsonText(b"null")
_NO_EXTRA: MappingProxyType[str, JsonText] = MappingProxyType({})


class Plain:
    """What messages of one connection are.

    Args:
        maker: Makes their units.

    Attributes:
        known: Whether a packet of Nest's has passed; else it may be anything.
        foreign: Whether a packet of Pusher's has passed: then nothing is Nest's.
    """

    session = ""

    def __init__(self, maker: Maker) -> None:
        self._maker = maker
        self.known = self.foreign = False
        self._certain = False  # an event with data has passed
        self._doubtful = False  # the gateway has sent one with other keys instead

    def open(self, session: str) -> None:
        """Take no notice of a session: there is none."""

    def read(self, side: Side, envelope: Envelope, *, asks: bool) -> list[Unit]:
        """Return what a message is.

        Args:
            side: Who sent it.
            envelope: The message.
            asks: Whether that is the client.
        """
        members = None if envelope.binary else members_of(envelope.payload)
        event = None if members is None else members.get("event")
        name = None if event is None else text_of(event)
        conceal = self._maker.conceal
        text = None
        if members and name is not None and self._is_nest(name, members, asks=asks):
            text = renamed(envelope.payload, members, conceal)
        if members is None or name is None or text is None:
            return self._other(side, envelope, asks=asks, named=name is not None)
        self.known = True
        data = members.get("data", UNDEFINED)
        blames = cause_in(data) if name == EXCEPTION and not asks else None
        body = hidden(text, b"", conceal, blames)
        unit = self._transfer(side, envelope, body)
        unit.cause, unit.blames = ((name, data) if asks else None), blames
        return self._maker.uncaused(unit)

    def _is_nest(
        self, name: str, members: Mapping[str, JsonText], *, asks: bool
    ) -> bool:
        """Whether an event may be Nest's, by what has passed so far."""
        certain = self._certain
        self.foreign = self.foreign or _is_pushers(name, members, asks=asks)
        self._certain = certain or (not self.foreign and "data" in members)
        if self.foreign or self._certain:
            return not self.foreign
        self._doubtful = self._doubtful or (not asks and len(members) > 1)
        return not self._doubtful

    def _transfer(self, side: Side, envelope: Envelope, body: bytes) -> SessionTransfer:
        """Return an event, of which so much may be shown."""
        members = members_of(body) or {}
        extra = {key: each for key, each in members.items() if key not in _ENVELOPE}
        unit = SessionTransfer(
            side=side,
            begin=envelope.begin,
            end=envelope.end,
            packet=Event(
                loads(members.get("event", JsonText(b'""'))),
                members.get("data", UNDEFINED),
                UNDEFINED,
                MappingProxyType(extra) if extra else _NO_EXTRA,
            ),
            body=body,
        )
        if self._maker.conceal is not None:
            unit.sent, unit.shown = envelope.sent, envelope.rewritten(body)
        return unit

    def _other(
        self, side: Side, envelope: Envelope, *, asks: bool, named: bool
    ) -> list[Unit]:
        """Return a message that is no event, or has a name that cannot be hidden."""
        verb = "binary" if envelope.binary else "text"
        json = not envelope.binary and is_json(envelope.payload)
        conceal = self._maker.conceal
        value = json and not named
        shown = hidden(envelope.payload, b"data", conceal) if value else b""
        units: list[Unit] = [self._maker.idle(side, envelope, verb, shown)]
        if self.known and not (self.foreign or envelope.binary):
            remark = Remark(
                side=side,
                begin=envelope.begin,
                end=envelope.end,
                code=UNFRAMED,
                subject="client" if asks else "value" if json else "text",
                size=len(envelope.payload),
            )
            units.append(remark)
        return units

    def lose(self, side: Side) -> None:
        """Take no notice of missing bytes: each message stands by itself."""


def _is_pushers(name: str, members: Mapping[str, JsonText], *, asks: bool) -> bool:
    """Whether an event is Pusher's.

    Args:
        name: Of the event.
        members: What it has.
        asks: Whether the client sends it.
    """
    if name.startswith(_PUSHER):
        return True
    if "channel" not in members or text_of(members["channel"]) is None:
        return False
    if asks:
        return name.startswith(_OF_CLIENTS)
    inner = text_of(members.get("data", _NOTHING))
    return inner is not None and members.keys() <= _PUSHED and is_json(inner.encode())
