from __future__ import annotations

from tests.inspector.conversation import CLIENT, Wire
from tests.inspector.scenes import Sentences, Trace, begun, said_of


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


def test_what_it_says() -> None:
    assert said_of(TRACE, "runs-after-error") == Sentences(
        message="log arrived after an unreadable frame",
        headline="1 connection still used after an error",
        cause=(
            "After an unreadable frame, Nest closes its side but still reads: "
            "handlers run, and their replies are dropped. Packet 7."
        ),
        hint=(
            "open a new connection after an error; on the old one handlers may "
            "still run"
        ),
    )
