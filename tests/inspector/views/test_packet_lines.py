"""The lines of packets and frames: their keys are a contract."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import CAPTURES, ROOT, SEED, name_of, pcap_bytes
from tests.inspector.carriers.pigeons import flight, pigeons
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


def test_what_a_carrier_does_besides_stands_in_keys_of_its_own(tmp_path: Path) -> None:
    capture = tmp_path / "pigeons.pcap"
    capture.write_bytes(pcap_bytes(flight().records))
    with pigeons():
        lines = run("packets", capture, "--json").lines
    said = {
        line["number"]: (line.get("errands"), line.get("idle_units"))
        for line in lines
        if line["bytes"]
    }
    page = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")

    assert said == {
        4: (None, ["pigeon"]),
        5: (None, ["perch"]),
        6: (None, None),
        7: (None, None),
        8: (["heard 7"], None),
        9: (None, None),
        11: (None, ["ping"]),
        12: (None, ["ping"]),
    }
    for key in ("errands", "idle_units"):
        assert f"| `{key}` |" in page


def test_over_a_broker_a_frame_says_which_way_it_goes() -> None:
    capture = ROOT / "captures" / "nats" / "nats-nest12.pcap"
    lines = run("packets", capture, "--json").lines
    frames = [frame for line in lines for frame in line["frames"]]

    assert frames[0] == {
        "kind": "request",
        "exchange": 1,
        "reply": None,
        "part": 1,
        "parts": 1,
        "leg": "request",
        "way": "in",
        "channel": "sum",
    }
    assert {frame["leg"] for frame in frames} == {"request", "reply"}
    assert not any("way" in line for line in run("packets", SEED, "--json").lines)
