from __future__ import annotations

from tests.inspector.figures.services import Call, captured
from tests.inspector.scenes import Sentences, Trace, said_of


def _calls(slow_ms: int) -> list[Call]:
    return [
        Call(server, "get", "well", slow_ms if server == 2 else 4)
        for _ in range(20)
        for server in range(3)
    ]


TRACE = Trace(lambda: captured(_calls(95)), lambda: captured(_calls(20)))


def test_what_it_says() -> None:
    assert said_of(TRACE, "slow-server") == Sentences(
        message="10.0.1.2:8888 takes 23 times as long as others for get",
        headline="1 of 3 servers takes 23 times as long as the others",
        cause=(
            "10.0.1.2:8888 takes 95.1 ms for get, the others 4.10 ms, each at the "
            "median. Its longest, #3, took 95.1 ms. Packet 15."
        ),
        hint="compare 10.0.1.2:8888 with the others: node, version, pool, a cold cache",
    )
