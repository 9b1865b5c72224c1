"""Clients and servers that share reply channels, each on two connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import JsonText, Request, Response, dumps

if TYPE_CHECKING:
    from inspector.streams.connections import Connection
    from tests.inspector.calls.joining.hops import Hops

REPLIES = "sum.reply"


class Peer:
    """A client or a server, which publishes on one connection and listens on another.

    Attributes:
        publishes: The first.
        listens: The second; the first for one that has no other.
    """

    def __init__(self, hops: Hops, *, dual: bool = True) -> None:
        self.hops = hops
        self.dual = dual
        self.publishes = hops.connect()
        self.listens: Connection = hops.connect() if dual else self.publishes

    def listen(self, channel: str = REPLIES) -> None:
        """Subscribe to a reply channel, which the broker confirms."""
        self.hops.tend(self.listens, "SUBSCRIBE", channels=(channel,), opens=True)
        self.confirmed(channel, opens=True)

    def leave(self, channel: str = REPLIES) -> None:
        """End that, which the broker confirms."""
        self.hops.tend(self.listens, "UNSUBSCRIBE", channels=(channel,))
        self.confirmed(channel, opens=False)

    def confirmed(self, channel: str = REPLIES, *, opens: bool) -> None:
        """Let the broker confirm that it listens, or no longer."""
        verb = "subscribed" if opens else "unsubscribed"
        self.hops.tend(self.listens, verb, channels=(channel,), opens=opens, side=1)

    def ask(self, identity: str, channel: str = "sum") -> None:
        """Publish a request."""
        self.hops.hand_in(
            self.publishes,
            Request(channel, identity),
            channel=channel,
            reply_channel=f"{channel}.reply",
            dual=self.dual,
            tag=identity,
            owed=1,
        )

    def take(self, identity: str, channel: str = "sum", wildcard: str = "") -> None:
        """Have a request, or somebody's by a wildcard."""
        self.hops.hand_out(
            self.listens,
            Request(channel, identity),
            channel=channel,
            reply_channel=f"{channel}.reply",
            subscription=wildcard or channel,
        )

    def answer(self, identity: str, channel: str = REPLIES, value: int = 1) -> None:
        """Publish a reply."""
        self.hops.hand_in(
            self.publishes,
            response(identity, value),
            channel=channel,
            dual=self.dual,
            tag=f"reply {identity}",
            owed=1,
        )

    def get(self, identity: str, channel: str = REPLIES, wildcard: str = "") -> None:
        """Have a reply, perhaps to somebody else."""
        self.hops.hand_out(
            self.listens,
            response(identity),
            channel=channel,
            subscription=wildcard or channel,
        )

    def counted(self, tag: str, receivers: int = 1) -> None:
        """Let the broker say how many had what was published."""
        self.hops.tend(
            self.publishes,
            f":{receivers}",
            tag,
            value=receivers,
            unwanted=not receivers,
            side=1,
        )


def response(identity: str, value: int = 1) -> Response:
    """Return the last reply to a call."""
    return Response(identity, JsonText(dumps(value)), is_disposed=True)


def pass_on(caller: Peer, handler: Peer, identity: str) -> None:
    """Pass a request and its reply between who listens already."""
    caller.ask(identity)
    caller.counted(identity)
    handler.take(identity)
    handler.answer(identity)
    handler.counted(f"reply {identity}")
    caller.get(identity)
