from __future__ import annotations

import pytest

from inspector.calls.chains.processes import Processes
from inspector.calls.links import Evidence, Link
from inspector.streams.endpoints import Endpoint
from tests.inspector.calls.chains.exchanges import Traffic


def _learnt(host: str, *parents: int | None, other: bool = False) -> Processes:
    """Return what calls of a gateway to a service show, each made for a request."""
    traffic, processes = Traffic(), Processes()
    for _ in parents:
        traffic.add("ask", f"{host}:5000", f"{host}:80", at=1, until=9)
    if other:
        traffic.add("ask", f"{host}:5001", f"{host}:81", at=1, until=9)
    for parent in parents:
        made = traffic.add("call", f"{host}:6000", "10.0.0.9:90", at=2, until=3)
        made.link = Link() if parent is None else Link(parent, Evidence.DATA)
    for each in traffic.exchanges:
        processes.add(each)
    processes.asked = traffic.connection(f"{host}:6000", "10.0.0.9:90")  # type: ignore[attr-defined]
    return processes


def _of(processes: Processes) -> object:
    return processes.of(processes.asked)  # type: ignore[attr-defined]


def test_what_is_sent_for_a_request_is_sent_by_who_handles_that() -> None:
    assert _of(_learnt("10.0.0.2", 1)) == ("server", Endpoint("10.0.0.2", 80))
    assert _of(_learnt("10.0.0.2", None)) is None


@pytest.mark.parametrize(("count", "known"), [(2, False), (3, True)])
def test_on_one_address_three_exchanges_have_to_show_it(
    count: int, *, known: bool
) -> None:
    found = _of(_learnt("127.0.0.1", *range(1, count + 1)))

    assert (found is not None) is known


def test_nothing_may_contradict() -> None:
    assert _of(_learnt("10.0.0.2", 1, 2, 3, 4, other=True)) is not None
    assert _of(_learnt("10.0.0.2", 1, 2, 4, other=True)) is None  # 4 is the other's


def test_memory_is_bounded() -> None:
    traffic, few = Traffic(), Processes(most=2)
    for _ in range(5):
        traffic.add("a", "10.0.0.1:5", "10.0.0.2:80", at=1, until=2).link = Link(1)
    for each in traffic.exchanges:
        few.add(each)

    assert len(few.links) == 2
