"""Packets, and what a server and a client of Nest make of them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from protocol import (
    UNDEFINED,
    Event,
    Frame,
    JsonText,
    NestVersion,
    Packet,
    Request,
    Response,
    UnknownPacketError,
    dumps,
    loads,
    parse_packet,
    route,
    truthy,
)
from tests.differential.patterns import pattern_text
from tests.differential.spelling import spell
from tests.differential.values import string_text, value_text

if TYPE_CHECKING:
    from protocol.packets import Payload

_KEYS = ["pattern", "data", "id", "metadata", "response", "err", "isDisposed", "status"]
_QUESTION = ["pattern", "data", "id"]
_ANSWER = ["response", "isDisposed", "id"]
_IDS = ['"77334d4258340eded607d"', "null", "0", '""', "false", "1", "[]", '{"a":-0}']
_ROOTS = ["null", "0", "-0", '""', "false", "true", "5", "1e400", "[]", "{}"]
_FLAGS = ["true", "true", "1", '"no"', "[]"]  # see the rule "falsy isDisposed"


@dataclass(frozen=True)
class Message:
    """The JSON text of a message."""

    text: str

    def question(self) -> str:
        """Return the text."""
        return self.text

    @property
    def frame(self) -> Frame:
        """The text as the body of a frame."""
        body = self.text.encode()
        return Frame(body, 0, len(body))


def make_message(seed: str) -> Message:
    """Return the message of a seed: a packet, something near one, or any value."""
    chance = random.Random(seed)  # noqa: S311 — no secret
    if chance.random() < 0.08:
        return Message(
            chance.choice([string_text(chance), f"[{value_text(chance)}]", *_ROOTS])
        )
    keys = list(chance.choice([_QUESTION, _ANSWER, []]))
    for _ in range(chance.choice([0, 0, 1, 2, 4])):
        keys.insert(chance.randint(0, len(keys)), chance.choice([*_KEYS, "extra"]))
    if keys and chance.random() < 0.3:
        keys.pop(chance.randrange(len(keys)))
    members = [f'"{key}":{_member(chance, key)}' for key in keys]
    return Message(f"{{{','.join(members)}}}")


def _member(chance: random.Random, key: str) -> str:
    if key == "id" and chance.random() < 0.8:
        return chance.choice(_IDS)
    if key == "pattern":
        return pattern_text(chance)
    if key == "isDisposed":
        return chance.choice(_FLAGS)
    return string_text(chance) if chance.random() < 0.2 else value_text(chance)


def _parse(message: Message) -> Packet | None:
    try:
        return parse_packet(message.frame)
    except UnknownPacketError:
        return None


def serve(message: Message, version: str) -> dict[str, Any]:
    """Return what ``serveMessage`` of ``nest/oracle.mjs`` returns."""
    profile = NestVersion.of(version)
    packet = _parse(message)
    if packet is None or isinstance(packet, Response):
        # To a server this is an event of somebody else's, and names no pattern.
        packet = Event(UNDEFINED)
    metadata = packet.metadata if profile.carries_metadata else UNDEFINED
    return {
        "route": dumps(route(packet.pattern, profile)).decode(),
        "data": _spell(packet.data),
        "metadata": _spell(metadata),
        "id": spell(loads(dumps(packet.id))) if isinstance(packet, Request) else None,
    }


def take_reply(message: Message, version: str) -> dict[str, Any]:
    """Return what ``takeReply`` of ``nest/oracle.mjs`` returns."""
    packet = _parse(message)
    identity = UNDEFINED if packet is None else getattr(packet, "id", UNDEFINED)
    taken = {"id": spell(identity), "err": None, "response": None, "ended": None}
    if packet is None or identity is UNDEFINED:
        return taken
    if _foreign(packet, NestVersion.of(version)):
        whole = spell(loads(message.frame.body))
        return taken | {"err": "undefined", "response": whole, "ended": True}
    reply = packet if isinstance(packet, Response) else _as_reply(packet)
    return taken | {
        "err": _spell(reply.err),
        "response": _spell(reply.response),
        "ended": reply.final,
    }


def _foreign(packet: Packet, version: NestVersion) -> bool:
    """Whether a client takes the whole packet for a value that ends the call."""
    if version.strict_replies:
        return not isinstance(packet, Response) or bool(packet.extra)
    reply = packet if isinstance(packet, Response) else _as_reply(packet)
    return not (
        reply.is_disposed
        or reply.err is not UNDEFINED
        or reply.response is not UNDEFINED
    )


def _as_reply(packet: Request | Event) -> Response:
    """Read a question as an answer, which a client does with whatever has an id."""
    extra = packet.extra
    return Response(
        id=getattr(packet, "id", UNDEFINED),
        response=extra.get("response", UNDEFINED),
        err=extra.get("err", UNDEFINED),
        is_disposed=truthy(loads(extra.get("isDisposed", JsonText(b"false")))),
    )


def _spell(payload: Payload) -> str:
    return spell(payload if payload is UNDEFINED else loads(payload))
