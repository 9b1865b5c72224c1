from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.sources.files import read_capture
from tests.inspector.conversation import inspected
from tests.inspector.over_redis import Broker, answered, asked, called
from tests.inspector.redis_evidence import FOLDER
from tests.inspector.scenes import Sentences, Trace, group_in, said_of, sentences

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire


def _answered_at(channel: str = "sum.reply") -> Wire:
    broker = Broker()
    caller, handler = broker.peer(), broker.peer("sum")
    called(caller, handler, replies=channel)
    return broker.wire.linger()


TRACE = Trace(
    lambda: _answered_at("total.reply"), _answered_at, frozenset({"unanswered"})
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "reply-elsewhere") == Sentences(
        message="the reply to sum went to total.reply instead of sum.reply",
        headline="1 reply on another channel",
        cause=(
            "The reply to sum (#1) went to total.reply instead of sum.reply. The "
            "caller does not listen there, and waits without end. Packet 28."
        ),
        hint="send each reply to where its request came from, with .reply after it",
    )


def test_a_service_with_wildcards_is_one_of_nest_up_to_11() -> None:
    broker = Broker()
    caller, handler = broker.peer(), broker.peer(patterns=("w.*",))
    caller.subscribe("w.one.reply").publish("w.one", asked("w.one"))
    handler.get("w.one", asked("w.one"), "w.*").publish("w.*.reply", answered(), 0)
    said = sentences(group_in(broker.wire.linger(), "reply-elsewhere"))

    assert "A service of Nest up to 11 with the option wildcards" in said.cause
    assert said.hint.startswith("update the service to Nest 12")


@pytest.mark.parametrize(("nest", "count"), [(10, 3), (11, 3), (12, 0)])
def test_real_nest_does_so_up_to_11(nest: int, count: int) -> None:
    capture = FOLDER / f"redis-wildcards-nest{nest}.pcap"
    codes = inspected(read_capture(str(capture))).codes

    assert codes.count("reply-elsewhere") == count
    assert codes.count("unanswered") == count
