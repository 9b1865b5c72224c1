from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.scenes import Sentences, Trace, begun, said_of

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire


def _spelled(*patterns: object) -> Wire:
    wire, call = begun()
    for number, pattern in enumerate(patterns):
        call.ask(pattern, str(number)).answer(str(number), 1)
    return wire


TRACE = Trace(
    lambda: _spelled({"cmd": "sum"}, '{"cmd":"sum"}'),
    lambda: _spelled({"cmd": "sum"}, "sum"),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "many-spellings") == Sentences(
        message='cmd:sum is also written "{\\"cmd\\":\\"sum\\"}"',
        headline="1 pattern written in several ways",
        cause=(
            'cmd:sum (#2) is also written as "{\\"cmd\\":\\"sum\\"}". The service '
            "treats all spellings alike, but other tools and carriers may not. "
            "Packet 6."
        ),
        hint="share one constant for the pattern among all callers",
    )
