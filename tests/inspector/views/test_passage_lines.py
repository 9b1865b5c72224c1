"""The lines of packets and frames: their keys are a contract."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import CAPTURES, ROOT, SEED, name_of
from tests.inspector.command import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_the_lines_of_packets_say_what_the_exchanges_say(capture: Path) -> None:
    packets: dict[int, set[int]] = {}
    for line in run("packets", capture, "--json").lines:
        for frame in line["frames"]:
            packets.setdefault(frame["exchange"], set()).add(line["number"])
    for line in run("exchanges", capture, "--json").lines:
        numbers = {*line["request_packets"], *line["reply_packets"]}
        assert packets[line["number"]] == numbers


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_the_lines_of_frames_add_up_to_the_exchanges(capture: Path) -> None:
    sizes: dict[int, int] = {}
    for line in run("follow", capture, "--json").lines:
        sizes[line["exchange"]] = sizes.get(line["exchange"], 0) + line["bytes"]
        units = len(line["text"].encode("utf-16-le")) // 2
        assert line["units"] == units
    for line in run("exchanges", capture, "--json").lines:
        assert sizes[line["number"]] == line["request_bytes"] + line["reply_bytes"]


@pytest.mark.parametrize(
    ("command", "kind"), [("packets", "packet"), ("follow", "frame")]
)
def test_every_key_is_documented(command: str, kind: str) -> None:
    page = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")
    section = re.split(
        r"^## ", page.partition(f"\n## {kind}\n")[2], flags=re.MULTILINE
    )[0]
    for line in run(command, SEED, "--json").lines:
        assert [key for key in line if f"`{key}`" not in section] == []
