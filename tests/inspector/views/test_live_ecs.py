"""A live run writes the documents that the capture of it would give."""

from __future__ import annotations

import json

from tests.inspector.captures import SHOWCASE
from tests.inspector.command import run, spawn


def test_a_run_writes_what_the_capture_gives_and_how_it_was_captured() -> None:
    out = spawn("live", "-", "--format", "ecs", stdin=SHOWCASE.read_bytes()).stdout
    *lines, last = out.splitlines()
    again = run("exchanges", SHOWCASE, "--format", "ecs").out.splitlines()

    exchanges = [line.decode() for line in lines if b'"nest.exchange"' in line]
    assert sorted(exchanges) == sorted(again)
    datasets = {json.loads(line)["event"]["dataset"] for line in lines}
    assert datasets == {"nest.exchange", "nest.finding"}
    assert json.loads(last)["event"]["dataset"] == "nest.capture"
