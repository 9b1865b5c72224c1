"""What tshark sees of our protocol, with the dissector that we write for it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

_BETWEEN = "\x1e"  # … the values of one field in one packet
_COLUMN = "\x1f"


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
    command = ["tshark", "-n", "-r", str(capture), "-X", f"lua_script:{script}"]
    command += ["-2"] * (passes - 1) + ["-Y", "nest", "-T", "fields"]
    command += [word for option in options for word in ("-E", option)]
    command += [word for field in fields for word in ("-e", field)]
    printed = subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
    assert b"Lua" not in printed.stderr, printed.stderr.decode()
    rows = printed.stdout.decode("utf-8", "replace").split("\n")[:-1]
    return [[cell.split(_BETWEEN) for cell in row.split(_COLUMN)] for row in rows]


def tshark_frames(script: Path, capture: Path, *fields: str) -> list[tuple[str, ...]]:
    """Return the frames that tshark sees, with the fields that every frame has.

    The first of each is the number of the packet that completes it.
    """
    found = []
    for number, *columns in tshark_rows(script, capture, "frame.number", *fields):
        found += [(number[0], *frame) for frame in zip(*columns, strict=True)]
    return found
