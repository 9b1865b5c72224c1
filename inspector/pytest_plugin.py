"""A fixture for pytest that watches what services say to each other during a test.

================  =================================================================
fixture           what it gives
================  =================================================================
``nest_traffic``  ``with nest_traffic(port=8888) as seen:``, see ``inspector.traffic``
================  =================================================================

If the test fails, its report has the ladder of what passed. pytest finds this plugin by
its entry point, so nothing is to be imported or listed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from .traffic import Traffic

_TRAFFIC: pytest.StashKey[list[Traffic]] = pytest.StashKey()


@pytest.fixture
def nest_traffic(request: pytest.FixtureRequest) -> Iterator[Callable[..., Traffic]]:
    """Give what watches a port while a block of the test runs.

    ``nest_traffic(port=8888)`` puts a proxy before the service there, whose own port is
    ``seen.port``; ``interface="lo"`` listens to an interface instead. What it gives is
    read as ``seen["sum"].p99_ms``, ``seen.findings``, ``seen.exchanges``.
    """
    from .traffic import Traffic  # noqa: PLC0415 — for tests that use it alone

    watched: list[Traffic] = []
    request.node.stash[_TRAFFIC] = watched

    def watch(
        port: int, *, interface: str | None = None, host: str = "127.0.0.1"
    ) -> Traffic:
        traffic = Traffic(port, interface=interface, host=host)
        watched.append(traffic)
        return traffic

    yield watch
    for each in watched:
        each.discard()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the ladders of what passed to the report of a test that failed."""
    report = yield
    if report.when == "call" and report.failed:
        for each in item.stash.get(_TRAFFIC, []):
            report.sections.append((f"Nest traffic of port {each.port}", each.ladder()))
    return report
