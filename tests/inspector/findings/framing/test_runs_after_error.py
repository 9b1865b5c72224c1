from __future__ import annotations

from tests.inspector.conversation import CLIENT, Wire
from tests.inspector.scenes import Trace, begun, group_in, sentences


def _broken(*, goes_on: bool) -> Wire:
    wire, call = begun()
    call.ask("sum", "1").answer("1", 1).send(CLIENT, b"abc#{}")
    if goes_on:
        call.emit("log", 1)
    call.close()
    return wire


TRACE = Trace(
    lambda: _broken(goes_on=True),
    lambda: _broken(goes_on=False),
    frozenset({"corrupted-length"}),
)


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "runs-after-error"))

    assert said.headline == "1 connection that went on after an error"
    for word in ["handlers run"]:
        assert word in said.text
