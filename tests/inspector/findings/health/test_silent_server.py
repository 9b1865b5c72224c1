from __future__ import annotations

import pytest

from tests.inspector.conversation import CLIENT, MILLISECOND, SERVER, Wire, inspected
from tests.inspector.figures.services import Call, captured
from tests.inspector.scenes import Sentences, Trace, said_of

_WELL, _SILENT = Call(0, "pay", "well", 1), Call(0, "pay", "silence", 100)

TRACE = Trace(
    lambda: captured([*[_WELL] * 10, *[_SILENT] * 10], given_up=True),
    lambda: captured([*[_WELL] * 10, *[_SILENT] * 9], given_up=True),
    companions=frozenset({"unanswered"}),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "silent-server") == Sentences(
        message="10.0.1.0:8888 answers nothing from 11:06:40.013 UTC on",
        headline="10.0.1.0:8888 answers nothing from 11:06:40.013 UTC on",
        cause=(
            "10 calls (#11–#20) had no reply within 1.00 s. It answered 10 calls "
            "before, in 1.10 ms at the median. Packet 30."
        ),
        hint=(
            "look at what the service did at that time: a handler that never ends or "
            "blocks, a pool that is exhausted, a process that was stopped"
        ),
    )


def _codes(calls: list[Call]) -> set[str]:
    return set(inspected(captured(calls, given_up=True).records).codes)


@pytest.mark.parametrize(
    ("calls", "silent"),
    [
        ([*[_WELL] * 10, *[_SILENT] * 10], True),
        ([*[_WELL] * 9, *[_SILENT] * 10], False),  # one that hardly ever answered
        ([*[_WELL] * 10, *[_SILENT._replace(wait_ms=40)] * 10], False),  # a short time
        ([*[_WELL] * 9, _WELL._replace(wait_ms=400), *[_SILENT] * 12], True),
        ([*[_WELL] * 9, _WELL._replace(wait_ms=700), *[_SILENT] * 12], False),
        ([*[_WELL] * 10, *[_SILENT] * 10, _WELL], False),  # it answers again
        ([*[_WELL] * 10, *[_SILENT] * 9, _WELL, _SILENT], False),
        ([*[_WELL] * 10, *[_SILENT, _WELL._replace(server=1)] * 10], True),
        ([*[_WELL] * 10, *[_SILENT, _WELL._replace(route="log")] * 10], False),
    ],
)
def test_a_server_is_silent_if_it_answered_before_and_nothing_since(
    calls: list[Call], *, silent: bool
) -> None:
    assert ("silent-server" in _codes(calls)) is silent


def test_a_server_that_ended_the_connection_is_gone_and_not_silent() -> None:
    wire = Wire()
    talk = wire.connect()
    for number in range(20):
        talk.ask("pay", f"{number}")
        wire.wait(100 * MILLISECOND)
        if number < 10:
            talk.answer(f"{number}", 1)
    talk.finish(SERVER).finish(CLIENT)

    assert "silent-server" not in inspected(wire.records).codes
