from __future__ import annotations

from tests.inspector.figures.services import Call, captured
from tests.inspector.scenes import Sentences, Trace, said_of

TRACE = Trace(
    lambda: captured([Call(0, "report", "well", ms) for ms in (1500, 2, 3000)]),
    lambda: captured([Call(0, "report", "well", ms) for ms in (990, 2, 3000)]),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "slow-pattern") == Sentences(
        message="half of the calls of report took 1.50 s or more",
        headline="report took 1.50 s at the median",
        cause="3 calls on 10.0.1.0:8888; the longest, #3, took 3.00 s. Packet 15.",
        hint="find out what the handler waits for; timeout() on the client bounds "
        "the wait",
    )
