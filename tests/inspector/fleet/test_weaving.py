"""Chains over hosts, none of which has seen them as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from inspector.filters.selection import compile_selection
from inspector.fleet.crews import Crew, processes
from inspector.fleet.following import STOP
from inspector.fleet.saving import encoded
from inspector.fleet.sources import find_sources
from inspector.fleet.tasks import Work
from inspector.fleet.weaving import Threads, weave
from inspector.fleet.woven import root_of
from inspector.pipeline import Options
from tests.inspector.captures import pcap_bytes
from tests.inspector.caused import Gateway
from tests.inspector.fleets import ran
from tests.inspector.translated import sources, translated
from tests.inspector.woven_fleet import BANK, GATEWAY, PAYMENTS, USERS, System

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.fleet.woven import Chains

_CLOCKS = {
    GATEWAY: (2_000_000_000, 20e-6),
    PAYMENTS: (-1_500_000_000, -15e-6),
    BANK: (700_000_000, 5e-6),
    USERS: (0, 0.0),
}
_PAY = [("pay", 0, 1), ("charge", 1, 2), ("user", 0, 1)]


def _counted(chains: Chains | None) -> dict[str, Any]:
    """Return what chains say but for times, which are those of a host."""
    assert chains is not None
    return {
        "rows": [
            (
                row.route,
                row.requests,
                row.causes,
                row.shapes,
                [(e.route, e.requests, e.calls, e.most, e.packets) for e in row.links],
            )
            for row in chains.rows
        ],
        "trees": [[(each.route, each.above) for each in tree] for tree in chains.trees],
        "in_doubt": chains.in_doubt,
    }


@pytest.fixture(scope="module")
def system() -> System:
    return System(orders=24, alike=4)


@pytest.fixture(scope="module")
def truth(system: System, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what one capture of everything shows."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "all.pcap").write_bytes(pcap_bytes(system.records))
    counted = _counted(ran(folder / "work", [folder], chains=True).report.chains)
    # Each order has its three calls, but for those that nothing tells apart.
    order, pay = counted["rows"]
    assert (order[:3], pay[:3]) == (("order", 24, 20), ("pay", 24, 20))
    assert order[3] == [([("tcp", 8)], 20)]
    assert counted["trees"] == [
        [("order", -1), *((route, above) for route, above, _ in _PAY)]
    ]
    assert counted["in_doubt"] >= 4 * 3
    return counted


@pytest.mark.parametrize(
    "hosts",
    [(GATEWAY, PAYMENTS, BANK, USERS), (GATEWAY, BANK), (GATEWAY, PAYMENTS)],
    ids=["all", "not who is in the middle", "not who is last"],
)
def test_hops_of_different_hosts_are_one_tree(
    tmp_path: Path, system: System, truth: dict[str, Any], hosts: tuple[str, ...]
) -> None:
    names = system.write(tmp_path, {host: _CLOCKS[host] for host in hosts})
    report = ran(tmp_path / "work", names, chains=True).report

    assert _counted(report.chains) == truth


def test_losses_and_addresses_of_services_do_not_matter(
    tmp_path: Path, system: System, truth: dict[str, Any]
) -> None:
    # Who asks knows the address of a service, and who is asked its own.
    service = {f"{PAYMENTS}:8888": "10.96.0.7:80"}
    names = system.write(tmp_path, _CLOCKS, {GATEWAY: service}, losses=0.01)
    plain = ran(tmp_path / "1", names, chains=True).report
    other = Crew(lambda: processes(2))
    again = ran(tmp_path / "2", names, other, chains=True, keep=True).report

    assert plain.readdressed == 1
    assert plain.chains is not None
    counted = _counted(plain.chains)
    for row, expected in zip(counted["rows"], truth["rows"], strict=True):
        assert row[2] == expected[2]
        assert [e[:4] for e in row[4]] == [e[:4] for e in expected[4]]
    (tree,) = plain.chains.trees
    assert [each.server for each in tree if each.route == "pay"] == [f"{PAYMENTS}:8888"]
    assert encoded(again) == encoded(plain)


def test_programs_of_one_host_are_no_other_host_s(tmp_path: Path) -> None:
    parts = []
    for host in (1, 2):
        gateway = Gateway()
        request = gateway.ask(f"order.{host}", {"order": f"number {host}"})
        gateway.call("user.get", {"order": f"number {host}"})
        gateway.answer(request)
        own = {
            "10.0.0.2:40003": "127.0.0.1:40003",
            "10.0.0.3:4000": "127.0.0.1:4000",
            "10.0.0.1:50000": "127.0.0.1:50000",
            "10.0.0.2:3000": "127.0.0.1:3000",
        }
        parts.append(translated(gateway.wire.records, own))
    report = ran(tmp_path / "work", sources(tmp_path, *parts), chains=True).report

    assert report.chains is not None
    assert [row.route for row in report.chains.rows] == ["order.1", "order.2"]
    servers = {tuple(each.server for each in tree) for tree in report.chains.trees}
    assert servers == {
        ("host-1:3000", "host-1:4000"),
        ("host-2:3000", "host-2:4000"),
    }
    root = root_of(report.chains.trees[0])
    assert [each.route for each in root.children] == ["user.get"]


def test_who_may_be_a_parent_is_not_chosen_by_a_filter(
    tmp_path: Path, system: System, truth: dict[str, Any]
) -> None:
    names = system.write(tmp_path, _CLOCKS)

    def rows(text: str) -> Any:  # noqa: ANN401
        options = Options(where=compile_selection(text))
        work = tmp_path / f"work {text}"
        return _counted(ran(work, names, chains=True, options=options).report.chains)[
            "rows"
        ]

    assert rows('route != "no"') == truth["rows"]
    assert rows('route == "no"') == []
    order, pay = truth["rows"]
    alone = rows('route == "charge"')  # the chains that have one
    assert [row[1:3] for row in alone] == [(20, 20), (20, 20)]
    assert [row[3:] for row in alone] == [order[3:], pay[3:]]


def test_chains_are_sought_only_if_asked_for_and_until_somebody_stops(
    tmp_path: Path, system: System
) -> None:
    names = system.write(tmp_path, {GATEWAY: _CLOCKS[GATEWAY]})
    found = find_sources([str(each) for each in names])
    assert ran(tmp_path / "work", names).report.chains is None
    work = Work(Options(), "asked", str(tmp_path / "work"))
    (tmp_path / "work" / STOP).touch()
    assert weave(work, found, Threads({}, [], {}, [])) is None
