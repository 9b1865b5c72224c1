from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import UNDEFINED
from tests.inspector.scenes import Trace, begun, group_in, sentences

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire


def _answered(*values: object) -> Wire:
    wire, call = begun()
    for number, value in enumerate(values):
        call.ask("find", str(number))
        call.answer(str(number), value)
    return wire


TRACE = Trace(lambda: _answered(1, UNDEFINED), lambda: _answered(UNDEFINED, UNDEFINED))


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "answer-without-value"))

    assert said.headline == "find answered without a value"
    for word in ["EmptyError", "null"]:
        assert word in said.text
