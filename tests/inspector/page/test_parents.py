from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.page.parents import Parents
from inspector.sources.files import read_capture
from tests.inspector.captures import ROOT
from tests.inspector.command import run
from tests.inspector.conversation import inspected

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.calls.links import Link

_CAPTURES = [
    ROOT / "captures" / "chains" / "chain-nest12.pcap",
    ROOT / "captures" / "chains" / "chain-python-nest12.pcap",
    ROOT / "captures" / "seed-nest12.pcap",
]


@pytest.mark.parametrize("capture", _CAPTURES, ids=lambda path: path.stem)
def test_the_parents_are_those_that_the_list_of_exchanges_has(capture: Path) -> None:
    found: dict[int, Link | None] = {}
    parents = Parents(lambda each: found.update({each.number: each.link}))
    for exchange in inspected(read_capture(str(capture))).exchanges[::-1]:
        parents.add(exchange)  # in whatever order they end
    parents.finish()

    expected = {
        line["number"]: line["parent"]
        for line in run("exchanges", capture, "--json").lines
        if "parent" in line
    }
    assert {
        number: link.parent for number, link in found.items() if link and link.parent
    } == expected
    assert bool(expected) == ("seed" not in capture.stem)
