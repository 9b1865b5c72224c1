from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.scenes import Trace, begun, group_in, sentences

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire


def _twice(first: str, second: str) -> Wire:
    wire, call = begun()
    call.ask("sum", first).ask("sum", second).answer(first, 1).answer(second, 2)
    return wire


TRACE = Trace(lambda: _twice("1", "1"), lambda: _twice("1", "2"))


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "duplicate-id"))

    assert said.headline == "1 id used twice at the same time"
    for word in ["sum", "while"]:
        assert word in said.text
