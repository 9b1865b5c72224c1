"""A run is one source of metrics, and its spans go as they come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.telemetry.choosing import Choice
from inspector.telemetry.collecting import Telemetry
from inspector.telemetry.exporting import Exporter, Pace
from inspector.telemetry.holding import Holding
from inspector.telemetry.sending import Sender
from inspector.telemetry.settings import target_of
from tests.inspector.telemetry.collector import Collector, Reply, collecting
from tests.inspector.telemetry.found import NATS, exchanges_of, inspected
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inspector.findings.finding import Finding


def telemetry_to(
    collector: Collector,
    common: Mapping[str, str],
    flush_s: float = PATIENCE,
    *,
    live: bool = False,
) -> Telemetry:
    target = target_of(collector.url)
    sender = Sender(target, {}, PATIENCE)
    exporter = Exporter(sender, target, common, Pace(0.01, flush_s))
    choice, holding = Choice(None, 1, chains=live), Holding() if live else None
    return Telemetry(exporter, choice, common, waits=True, holding=holding)


def test_spans_and_metrics_of_a_run_arrive() -> None:
    exchanges, common = exchanges_of(NATS), {"deployment.environment.name": "test"}
    finding = next(each for each in inspected(NATS)[1] if not hasattr(each, "kind"))
    with collecting() as collector:
        telemetry = telemetry_to(collector, common)
        telemetry.source = "nats.pcap"
        for each in exchanges:
            telemetry.add_exchange(each)
        telemetry.add_waiting(exchanges[0])
        _add(telemetry, finding)
        telemetry.publish(1_000, 2_000)
        assert telemetry.close() == ""

    assert telemetry.sentences() == []
    assert len(collector.spans) == len(exchanges)
    assert sum(collector.numbers("protocol_inspect.slow_requests").values()) == 1
    assert sum(collector.numbers("protocol_inspect.findings").values()) == 1
    assert collector.resource.items() > common.items()
    assert collector.resource["service.name"] == "protocol-inspect"


def _add(telemetry: Telemetry, finding: object) -> None:
    found: Finding = finding  # type: ignore[assignment]
    telemetry.add_finding(found)


def test_a_run_has_one_beginning_and_an_id_by_it() -> None:
    resources, windows = [], []
    for source, begin_ns in (("a", 1_000), ("a", 1_000), ("b", 1_000)):
        with collecting() as collector:
            telemetry = telemetry_to(collector, {"service.name": "taps"})
            telemetry.source = source
            telemetry.add_exchange(exchanges_of(NATS)[0])
            telemetry.publish(begin_ns, 2_000)
            collector.until(lambda c=collector: c.states == 1)  # type: ignore[misc]
            telemetry.publish(begin_ns + 500, 1)
            telemetry.close()
        resources.append(collector.resource)
        points = collector.metrics["protocol_inspect.sent_bytes"].sum.data_points
        windows += [(p.start_time_unix_nano, p.time_unix_nano) for p in points]

    assert resources[0] == resources[1] != resources[2]
    assert resources[0]["service.name"] == "taps"
    assert set(windows) == {(1_000, 1_001)}


def test_what_could_not_be_sent_is_said() -> None:
    with collecting() as collector:
        collector.reply = lambda *_: Reply(503)
        telemetry = telemetry_to(collector, {}, flush_s=0.05)
        for each in exchanges_of(NATS)[:3]:
            telemetry.add_exchange(each)
        telemetry.publish(1, 2)
        left = telemetry.close()

    assert left == "3 spans and the last metrics"
    assert telemetry.sentences() == [
        f"otlp: {collector.url} is away: 503 Service Unavailable"
    ]
