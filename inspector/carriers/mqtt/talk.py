"""Both sides of a connection: what each control packet is for, and to whom.

The client subscribes, both publish and acknowledge; what a delivery is for, and what
an acknowledgement, only both together show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Span, Trouble
from inspector.carriers.brokered_talk import BrokeredTalk

from .concealing import hide_topics
from .contents import read_publish
from .fields import MalformedError
from .headers import PUBLISH
from .hops import HopReader
from .levels import Level
from .passing import Message, Passing
from .properties import TOPIC_ALIAS
from .reading import Flaw, Reader
from .serving import Serving

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Side, Unit

    from .reading import Control, Read

_LENGTH = 2  # bytes before a topic
_MOST_ALIASES = 1_024
"""Aliases of one side that are remembered; brokers allow ten or so."""


class MqttTalk(BrokeredTalk[Reader]):
    """What both sides of one connection say.

    Args:
        conceal: What hides secrets; None where nothing is hidden.
    """

    def __init__(self, conceal: Concealment | None) -> None:
        self._conceal = conceal
        super().__init__((Reader(), Reader()))
        self._level = Level()
        self._serving = Serving(conceal, self._level)
        self._passing = Passing(conceal)
        self._hops = [
            HopReader(reader, self._level, self._serving.subscriptions, self._passing)
            for reader in self._readers
        ]
        self._aliases: tuple[dict[int, str], dict[int, str]] = {}, {}

    @property
    def client(self) -> Side | None:
        """The side that is not the broker, once that is known."""
        return self._serving.client

    @client.setter
    def client(self, side: Side | None) -> None:
        self._serving.client = side

    def receive(self, side: Side, data: bytes, time_ns: int) -> list[Unit]:
        """Return the units that the next bytes of a side complete."""
        self._serving.now_ns = time_ns
        return [self._unit(side, read) for read in self._readers[side].receive(data)]

    def hops(self, side: Side) -> HopReader | None:
        """Return what reads plain hops of a side, if its next bytes may be one."""
        client, hops = self._serving.client, self._hops[side]
        if client is None or self._conceal is not None or not hops.ready:
            return None
        hops.publishes = side == client
        return hops

    def _unit(self, side: Side, read: Read) -> Unit:
        """Return what one control packet is, or one that is malformed."""
        if isinstance(read, Flaw):
            return self._trouble(side, read.begin, read.end, read.detail)
        try:
            if read.kind == PUBLISH:
                return self._publish(side, read)
            return self._serving.read(side, read)
        except MalformedError as error:
            unit = self._trouble(side, read.begin, read.end, f"{error}")
            unit.framed = True
            return unit

    def _publish(self, side: Side, control: Control) -> Unit:
        """Return what a PUBLISH is."""
        said = self._level.read(read_publish, control)
        if self._conceal is not None:
            begin = control.head + _LENGTH
            span = Span(begin, begin + len(said.topic.encode()))
            spans = (span, *said.properties.topics)
            control = hide_topics(control, spans, self._conceal)
            said = self._level.read(read_publish, control)
        topic: str | None = said.topic
        aliases = self._aliases[side]
        alias = said.properties.values.get(TOPIC_ALIAS)
        if isinstance(alias, int):
            if topic and len(aliases) < _MOST_ALIASES:
                aliases[alias] = topic
            topic = topic or aliases.get(alias)
        client, serving = self._serving.client, self._serving
        delivered = None if client is None else client != side
        message = Message(side, control, said, topic or None, delivered)
        if delivered and topic:
            message.subscription = serving.subscriptions.get(topic)
        return self._passing.read(message, serving.flights[side])

    def _trouble(self, side: Side, begin: int, end: int, detail: str) -> Trouble:
        if self._conceal is not None:
            detail = self._conceal.words(detail)
        return Trouble(
            side=side, begin=begin, end=end, code="mqtt-protocol", detail=detail
        )
