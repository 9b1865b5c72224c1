from __future__ import annotations

from inspector.figures.latency import Latencies
from inspector.page.charts import bars, distributions, over_time, services_map
from inspector.page.sections import pairs
from tests.inspector.captures import ROOT
from tests.inspector.page.pages import calls, made, made_of


def test_a_bar_is_a_twelfth_of_a_power_of_ten() -> None:
    latencies = Latencies()
    for time_ns in (0, 1, 1_000_000, 1_100_000, 1_300_000):
        latencies.add(time_ns)

    assert bars(latencies) == [[0, 2], [72, 2], [73, 1]]


def test_all_calls_are_in_the_distribution_of_their_pattern() -> None:
    (only,) = distributions(made(calls(30).records).report)

    assert only["name"] == "sum"
    assert sum(number for _, number in only["bars"]) == 30


def test_all_calls_are_in_some_part_of_the_time() -> None:
    found = made(calls(30, failing=[1, 30]).records)

    time = over_time(found.report, found.gathered)

    assert (sum(time["all"]), sum(time["failed"])) == (30, 2)
    assert len(time["all"]) == len(time["failed"]) == 120
    assert time["span"] == found.report.last_ns - (found.report.first_ns or 0)


def test_the_map_has_who_calls_whom() -> None:
    found = made_of(ROOT / "captures" / "two-services-nest12.pcap")

    edges = services_map(pairs(found.report, found.gathered.by_port))

    assert len({edge["server"] for edge in edges}) == 2
    kinds = found.report.kinds
    assert sum(edge["calls"] + edge["events"] for edge in edges) == kinds.total()
