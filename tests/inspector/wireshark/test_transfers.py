"""Over NATS, tshark tells the same packets of the same exchanges as our JSON lines."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.inspector.dissected import tshark_transfers
from tests.inspector.nats_evidence import NATS
from tests.inspector.transfers import inspected_transfers

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("capture", NATS, ids=lambda each: each.name.partition(".")[0])
def test_the_packets_over_nats_are_those_of_our_json_lines(
    capture: Path, script: Path
) -> None:
    ours = [
        each
        for each in inspected_transfers(capture)
        if " " not in each.channel  # which no server takes: tshark is told so
    ]

    assert ours
    assert Counter(tshark_transfers(script, capture)) == Counter(ours)
