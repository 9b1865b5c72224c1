from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.inspector.conversation import inspected
from tests.inspector.nats_evidence import NATS
from tests.inspector.over_nats import Broker
from tests.inspector.recorded import recorded
from tests.inspector.scenes import Sentences, Trace, group_in, said_of, sentences

if TYPE_CHECKING:
    from pathlib import Path

    from protocol import Json
    from tests.inspector.conversation import Wire


def _sent(pattern: Json, subject: str) -> Wire:
    """Return a call whose packet has a pattern, sent to a subject."""
    broker = Broker()
    worker, caller = broker.worker(subject), broker.peer()
    passing = caller.ask(pattern, subject=subject)
    worker.take(passing)
    caller.get(passing, worker.answer(passing, 6))
    caller.leave(passing)
    return broker.wire


TRACE = Trace(lambda: _sent("sum", "calc.sum"), lambda: _sent("sum", "sum"))


def test_what_it_says() -> None:
    assert said_of(TRACE, "channel-mismatch") == Sentences(
        message="sum was sent to the subject calc.sum",
        headline="1 packet with the pattern of another subject",
        cause=(
            "sum (#1) went to calc.sum. A Nest service looks its handler up by the "
            "subject, and ignores the pattern in the packet. Packet 16."
        ),
        hint="send it to the subject sum, as Nest does",
    )


def test_keys_in_another_order_are_told_as_such() -> None:
    wire = _sent({"cmd": "sum", "v": 1}, '{"v":1,"cmd":"sum"}')
    said = sentences(group_in(wire, "channel-mismatch"))

    assert "which has its keys in another order" in said.message
    assert said.hint == 'send it to the subject {"cmd":"sum","v":1}, as Nest does'


@pytest.mark.parametrize("keys", [{"v": 1, "cmd": "sum"}, {"cmd": "sum", "v": 1}])
def test_the_order_of_keys_in_a_packet_is_no_matter(keys: dict[str, Json]) -> None:
    assert not inspected(_sent(keys, '{"cmd":"sum","v":1}').records).codes


@pytest.mark.parametrize("capture", NATS, ids=lambda each: each.name)
def test_nest_sends_each_pattern_to_its_subject(capture: Path) -> None:
    assert "channel-mismatch" not in recorded(capture.name).codes
