"""Packets of Nest's with what they say and answer, as tshark and our JSON lines do."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any, NamedTuple

from inspector.sources.files import read_capture
from tests.inspector.command import run
from tests.inspector.dissected import tshark_layers
from tests.inspector.transfers import Transferred, id_text
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.inspector.dissected import Dissected

_FIELDS = ("carrier", "kind", "route", "id", "channel", "way")
_NO_HANDLER = "There is no matching message handler defined in the remote service."
_UNKNOWN = 12  # the status of gRPC that says that there is no such method


class Hop(NamedTuple):
    """A packet of Nest's on its way.

    Attributes:
        transferred: What it is.
        says: Its data, or its response and its error, as JSON with sorted keys, and
            whether a reply is the last. Empty for one that the lines do not hold: that
            of another handler, after the one that ended the call.
    """

    transferred: Transferred
    says: tuple[str, ...]


class Call(NamedTuple):
    """An exchange of our JSON lines.

    Attributes:
        line: The line.
        before: How many packets come before those of its capture.
        hops: Its packets of Nest's.
    """

    line: dict[str, Any]
    before: int
    hops: list[Hop]

    @property
    def replies(self) -> list[Hop]:
        """The packets of its replies."""
        return [each for each in self.hops if each.transferred.kind == "reply"]

    @property
    def heard(self) -> list[Hop]:
        """Those that reach who asked, if the capture has its connection."""
        asked = [each["way"] for each in self._asked() if each["way"] == "in"]
        return [
            each for each in self.replies if not asked or each.transferred.way == "out"
        ]

    def answers(self, reply: Hop) -> set[int]:
        """Return which packet a reply answers, or some of which one has to be it."""
        way, asked = reply.transferred.way, self._asked()
        if "hops" not in self.line:
            return self._numbers([self.line["request_packets"]])
        sent = [each for each in asked if each["way"] == "in"]
        had = [each for each in asked if each["way"] == "out"]
        own = [each for each in had if each["connection"] == self._connection(reply)]
        if way == "out":
            return self._numbers(each["packets"] for each in sent or had[:1])
        return self._numbers(each["packets"] for each in own or had or sent)

    def _asked(self) -> list[dict[str, Any]]:
        hops = self.line.get("hops", [])
        return [each for each in hops if each["leg"] == "request"]

    def _connection(self, reply: Hop) -> int | None:
        """Return that of a reply, unless it came when its exchange was told already."""
        number = reply.transferred.number - self.before
        own = [each for each in self.line["hops"] if number in each["packets"]]
        return own[0]["connection"] if own else None

    def _numbers(self, packets: Iterable[list[int]]) -> set[int]:
        return {each[-1] + self.before for each in packets if each}


def merged(captures: Iterable[Path], folder: Path) -> tuple[Path, list[int]]:
    """Write captures one after the other into one.

    Returns:
        That, and how many packets come before those of each.
    """
    captures, target = list(captures), folder / "merged.pcapng"
    words = ["mergecap", "-a", "-w", str(target), *map(str, captures)]
    subprocess.run(words, check=True, timeout=PATIENCE)
    before = [0]
    for capture in captures:
        before.append(before[-1] + sum(1 for _ in read_capture(str(capture))))
    return target, before


def inspected(capture: Path, before: int) -> list[Call]:
    """Return the exchanges of a capture, before which so many packets come."""
    lines = run("exchanges", capture, "--json").lines
    calls = {line["number"]: Call(line, before, []) for line in lines}
    for packet in run("packets", capture, "--json").lines:
        for frame in packet["frames"]:
            if frame["part"] == frame["parts"]:
                call = calls[frame["exchange"]]
                number = packet["number"] + before
                call.hops.append(_inspected(number, frame, call.line))
    return list(calls.values())


def _inspected(number: int, frame: dict[str, Any], line: dict[str, Any]) -> Hop:
    identity = line.get("id")
    transferred = Transferred(
        number,
        line["carrier"],
        frame["kind"],
        line["route"] or "",
        "" if identity is None else id_text(identity),
        frame.get("channel", ""),
        frame.get("way", ""),
    )
    if frame["kind"] != "reply":
        return Hop(transferred, _texts(line, "data"))
    if not 0 < (frame["reply"] or 0) <= len(line["replies"]):
        return Hop(transferred, ())
    reply = line["replies"][frame["reply"] - 1]
    last = str(bool(reply.get("isDisposed")))
    return Hop(transferred, (*_texts(reply, "response", "err"), last))


def _texts(members: dict[str, Any], *names: str) -> tuple[str, ...]:
    return tuple(
        json.dumps(members[name], sort_keys=True) if name in members else ""
        for name in names
    )


class Shown(NamedTuple):
    """A packet of Nest's as tshark shows it.

    Attributes:
        hop: What it is.
        layer: All that is shown.
    """

    hop: Hop
    layer: Dissected


def dissected(script: Path, capture: Path) -> Iterator[Shown]:
    """Yield the packets of Nest's that tshark sees, of a call over gRPC as lines do."""
    options = ("-2", "-j", "nest")
    calls: dict[tuple[str, ...], list[Shown]] = {}
    for layer in tshark_layers(script, capture, *options, where="nest"):
        if layer.protocol != "nest" or not layer.field("nest.kind"):
            continue
        said = {name: layer.field(f"nest.{name}") for name in _FIELDS}
        transferred = Transferred(layer.number, *said.values())
        last = str(layer.field("nest.is_disposed") == "1")
        says = (
            (*_shown(layer, "response", "err"), last)
            if said["kind"] == "reply"
            else _shown(layer, "data")
        )
        shown = Shown(Hop(transferred, says), layer)
        if said["carrier"] == "grpc":
            asked = layer.field("nest.request_in") or str(layer.number)
            calls.setdefault((asked, said["id"]), []).append(shown)
        else:
            yield shown
    for call in calls.values():
        yield from _as_one(call)


def _as_one(call: list[Shown]) -> Iterator[Shown]:
    """Yield packets of a call over gRPC as our lines have them.

    There the messages of its client are its data, and the last reply is known as such,
    though only what comes after it says so.
    """
    replies = [each for each in call if each.hop.transferred.kind == "reply"]
    sent = [each.hop.says[0] for each in call if each not in replies]
    texts = [text for text in sent if text]
    data = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]" if texts else ""
    ends = len(replies) > 1 and replies[-1].hop.says == ("", "", "True")
    for each in call:
        says = each.hop.says
        if each.hop.transferred.kind == "request":
            says = (data,)
        elif each.hop.transferred.kind == "message":
            continue
        elif ends and each in replies[-2:]:
            says = (*replies[-2].hop.says[:2], "True")
        yield each._replace(hop=each.hop._replace(says=says))


def _shown(layer: Dissected, *names: str) -> tuple[str, ...]:
    texts = [layer.field(f"nest.{name}") for name in names]
    return tuple(
        json.dumps(json.loads(text), sort_keys=True) if text else "" for text in texts
    )


def outcome_of(reply: Hop) -> str | None:
    """Return how a call ends with a reply, in the words of the inspector."""
    _, error, last = reply.says
    if error not in {"", "null", "false", "0", '""'}:
        value = json.loads(error)
        code = value.get("code") if isinstance(value, dict) else None
        return "no_handler" if value == _NO_HANDLER or code == _UNKNOWN else "error"
    return "completed" if last == "True" else None
