from __future__ import annotations

from tests.inspector.conversation import Wire
from tests.inspector.scenes import ANSWERED, Trace, group_in, replies, sentences


def _begun_late() -> Wire:
    wire = Wire()
    wire.join().answer("1", 2).ask("sum", "2").answer("2", 4)
    return wire


TRACE = Trace(_begun_late, replies(ANSWERED))


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "orphan-reply"))

    assert said.headline == "1 reply whose request is not captured"
    for word in ["before the client connects"]:
        assert word in said.text
