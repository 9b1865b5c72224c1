"""What tshark sees of our protocol, with the dissector that we write for it."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

from tests.inspector.transfers import Transferred
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

_BETWEEN = "\x1e"  # … the values of one field in one packet
_COLUMN = "\x1f"
_FIELDS = (
    *("frame.number", "nest.kind", "nest.length", "nest.size", "nest.route"),
    *("nest.id", "nest.request_in", "nest.time"),
)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # tshark writes them


def tshark_text(script: Path, capture: Path, *options: str) -> str:
    """Return what tshark prints of a capture with a dissector and further options."""
    command = ["tshark", "-n", "-r", str(capture), "-X", f"lua_script:{script}"]
    command += options
    printed = subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
    assert b"Lua" not in printed.stderr, printed.stderr.decode()
    return printed.stdout.decode("utf-8", "replace")


def tshark_rows(
    script: Path, capture: Path, *fields: str, passes: int = 1
) -> list[list[list[str]]]:
    """Return for every packet with a frame in it the values of some fields.

    Args:
        script: The dissector.
        capture: A capture file.
        fields: Names of fields.
        passes: 2 where a packet has to know of later ones.
    """
    options = [f"separator={_COLUMN}", f"aggregator={_BETWEEN}", "occurrence=a"]
    words = ["-2"] * (passes - 1) + ["-Y", "nest", "-T", "fields"]
    words += [word for option in options for word in ("-E", option)]
    words += [word for field in fields for word in ("-e", field)]
    rows = tshark_text(script, capture, *words).split("\n")[:-1]
    return [[cell.split(_BETWEEN) for cell in row.split(_COLUMN)] for row in rows]


def shared_rows(script: Path, capture: Path, *fields: str) -> list[list[list[str]]]:
    """Return the same of the usual fields, for which tshark reads a capture once."""
    columns = [_FIELDS.index(field) for field in fields]
    rows = _usual_rows(script, capture)
    return [[row[column] for column in columns] for row in rows]


@cache
def _usual_rows(script: Path, capture: Path) -> list[list[list[str]]]:
    return tshark_rows(script, capture, *_FIELDS)


def tshark_frames(script: Path, capture: Path, *fields: str) -> list[tuple[str, ...]]:
    """Return the frames that tshark sees, with the fields that every frame has.

    The first of each is the number of the packet that completes it.
    """
    found = []
    for number, *columns in tshark_rows(script, capture, "frame.number", *fields):
        found += [(number[0], *frame) for frame in zip(*columns, strict=True)]
    return found


class Dissected(NamedTuple):
    """A layer of ours in a packet, as tshark shows it.

    Attributes:
        number: The packet that completes it.
        protocol: ``nest`` for a packet of Nest's, ``nest.nats`` for a unit of NATS,
            ``nest.http`` for a request or a response.
        fields: Name of a field → what is shown of it, in order.
        experts: What is wrong, in words.
    """

    number: int
    protocol: str
    fields: dict[str, list[str]]
    experts: list[str]

    def field(self, name: str) -> str:
        """Return what is shown of a field of which there is one; nothing of none."""
        (shown,) = self.fields.get(name, [""])
        return shown


def tshark_layers(
    script: Path, capture: Path, *options: str, where: str = "nest.nats or nest"
) -> list[Dissected]:
    """Return the layers of ours that tshark sees, each with its fields.

    Args:
        script: The dissector.
        capture: A capture file.
        options: More options of tshark; ``-2`` if packets have to know of later ones.
        where: Which packets, as a display filter.
    """
    command = ["tshark", "-n", "-r", str(capture), "-X", f"lua_script:{script}"]
    command += [*options, "-Y", where, "-T", "pdml"]
    printed = subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
    assert b"Lua" not in printed.stderr, printed.stderr.decode()
    found = []
    text = _NOT_XML.sub("\ufffd", printed.stdout.decode("utf-8", "replace"))
    for packet in ET.fromstring(text):  # noqa: S314 — written by tshark
        (number,) = (
            int(field.get("show", ""))
            for field in packet.iterfind("proto[@name='geninfo']/field[@name='num']")
        )
        found += [
            _dissected(number, layer)
            for layer in packet.iterfind("proto")
            if layer.get("name") in {"nest", "nest.nats", "nest.http"}
        ]
    return found


def _dissected(number: int, layer: ET.Element) -> Dissected:
    fields: dict[str, list[str]] = {}
    experts = []
    for field in layer.iter("field"):
        name, shown = field.get("name", ""), field.get("show", "")
        fields.setdefault(name, []).append(shown)
        if name == "_ws.expert.message":
            experts.append(shown)
    return Dissected(number, layer.get("name", ""), fields, experts)


def tshark_transfers(script: Path, capture: Path) -> list[Transferred]:
    """Return the packets of Nest's that tshark sees in a capture, over any carrier."""
    names = ("carrier", "kind", "route", "id", "channel", "way")
    return [
        Transferred(layer.number, *(layer.field(f"nest.{name}") for name in names))
        for layer in tshark_layers(script, capture, where="nest")
        if layer.protocol == "nest" and layer.field("nest.kind")
    ]
