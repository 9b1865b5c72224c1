"""``--otlp``: what commands show is what a collector of OpenTelemetry gets."""

from __future__ import annotations

import re
import socket
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING
from unittest.mock import patch

import click
import pytest

from inspector.commands import otlp
from inspector.commands.otlp import Share
from inspector.streams.endpoints import Endpoint
from inspector.words import plural
from tests.inspector.captures import ROOT, SEED, SHOWCASE
from tests.inspector.command import run
from tests.inspector.telemetry.collector import collecting
from tests.inspector.watched import watched

if TYPE_CHECKING:
    from tests.inspector.nest import Nest

CHAIN = ROOT / "captures" / "chains" / "chain-nest12.pcap"
SECRET = ROOT / "tests" / "data" / "cases" / "s11_meta.pcap"


def test_a_capture_is_sent_whatever_of_it_is_listed() -> None:
    with collecting() as collector:
        words = ["--otlp", collector.url, "--slow", "700ms"]
        listed = run("exchanges", CHAIN, "--json", *words)
        spans = collector.spans
        sorted_by = run("exchanges", CHAIN, "--sort", "latency", "--limit", "1", *words)
        plain = run("exchanges", CHAIN, "--json")

    assert (listed.code, listed.err) == (0, "")
    assert listed.out == plain.out
    assert sorted_by.code == 0
    assert [each.span.name for each in spans] == ["receive send", "receive chat-tea"]
    assert [e.span for e in collector.spans[2:]] == [e.span for e in spans]
    asked = Counter(
        (line["carrier"], line["route"], line["outcome"])
        for line in listed.lines
        if line["kind"] == "message"
    )
    assert collector.numbers("protocol_inspect.requests") == asked
    report = run("report", CHAIN, "--json").lines[-1]
    captured = collector.numbers("protocol_inspect.captured_packets")
    assert captured == {(): report["packet_records"]}
    points = collector.metrics["protocol_inspect.requests"].sum.data_points
    assert points[0].time_unix_nano > points[0].start_time_unix_nano > 10**18


def test_a_share_of_traces_is_sent_and_names_are_those_of_people() -> None:
    names = ["--name", ":8888=calc", "--sample", "100%"]
    with collecting() as collector:
        outcome = run("exchanges", SEED, "--otlp", collector.url, *names)

    assert outcome.code == 0
    assert len(collector.spans) == 10
    assert {each.resource["service.name"] for each in collector.spans} == {"calc"}
    edges = collector.numbers("traces_service_graph_request_total")
    assert edges == {("127.0.0.1", "calc", ""): 10}


def test_secrets_are_hidden_unless_somebody_wants_them() -> None:
    where = ["--where", "outcome == 'error'", "--json"]
    with collecting() as collector:
        hidden = run("exchanges", SECRET, "--json", "--otlp", collector.url)
        bare = run(
            "exchanges", SECRET, "--json", "--otlp", collector.url, "--no-redact"
        )
        run("exchanges", SHOWCASE, "--otlp", collector.url, *where)

    assert hidden.out == run("exchanges", SECRET, "--json", "--redact", "auto").out
    assert bare.out == run("exchanges", SECRET, "--json").out
    outcomes = {key[2] for key in collector.numbers("protocol_inspect.requests")}
    assert outcomes == {"error"}


def test_a_collector_that_is_away_is_an_error_and_the_table_is_whole() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    outcome = run("exchanges", SHOWCASE, "--json", "--otlp", url)

    assert outcome.code == 5
    assert outcome.out == run("exchanges", SHOWCASE, "--json", "--redact", "auto").out
    away, lost = outcome.err.splitlines()
    assert away == f"protocol-inspect: otlp: {url} is away: connection refused"
    wrong = 3
    spans = plural(wrong, "span")
    assert lost.startswith(f"protocol-inspect: otlp: {url} did not take {spans}")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--otlp", "ftp://x"], "is not http://HOST:PORT"),
        (["--otlp", "http://me:secret@x"], "OTEL_EXPORTER_OTLP_HEADERS"),
        (["--sample", "1/2"], "--sample chooses spans for --otlp"),
        (["--sample", "2", "--otlp", "http://x"], "'2' is not a share"),
        (["--no-redact"], "--no-redact is for --otlp"),
        (["--no-redact", "--redact", "a", "--otlp", "http://x"], "excludes --redact"),
    ],
)
def test_a_mistake_is_one_line(words: list[str], complaint: str) -> None:
    outcome = run("exchanges", SEED, *words)

    assert (outcome.code, outcome.out) == (2, "")
    assert complaint in outcome.err
    assert "secret@" not in outcome.err


def test_without_the_packages_it_says_how_to_get_them() -> None:
    with patch.object(otlp, "is_installed", lambda _: False):
        outcome = run("exchanges", SEED, "--otlp", "http://127.0.0.1:1")

    assert outcome.code == 2
    assert "protobuf and opentelemetry-proto are not installed" in outcome.err


def test_a_share_is_a_fraction_or_per_cent() -> None:
    share = Share()
    assert [share.convert(each, None, None) for each in ("1/4", "2.5%", "100%")] == [
        0.25,
        0.025,
        1,
    ]
    for each in ("0%", "1/0", "101%", "3/2", "x", ""):
        with pytest.raises(click.BadParameter):
            share.convert(each, None, None)


def test_a_live_run_is_sent_also_by_a_collector_that_comes_later(nest: Nest) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with nest.service() as service, ExitStack() as stack:
        words = ["0", f"127.0.0.1:{service.port}", "--json", "--slow", "50ms"]
        url = f"http://127.0.0.1:{port}"
        sampled = ["--otlp", url, "--sample", "1/1"]
        proxy = stack.enter_context(watched("proxy", *words, *sampled))
        nest.client("steps", 4, *proxy.ports)
        proxy.until(lambda: f"{url} is away: connection refused" in proxy.err)
        collector = stack.enter_context(collecting(port))
        collector.until(lambda: len(collector.spans) > 0)
        nest.client("steps", 4, *proxy.ports)
        proxy.until(lambda: len(proxy.exchanges) == 40)
        assert proxy.interrupt() == 0
        exchanges, summary = proxy.exchanges, proxy.summary
        findings = Counter((f["code"], f["severity"]) for f in proxy.of_type("finding"))

    assert re.findall(r"otlp: .*", proxy.err) == [
        f"otlp: {url} is away: connection refused",
        f"otlp: {url} is back",
    ]
    for kind, name in (("message", "requests"), ("event", "events")):
        assert collector.numbers(f"protocol_inspect.{name}") == Counter(
            (each["carrier"], each["route"], each["outcome"])
            for each in exchanges
            if each["kind"] == kind
        )
    for name, key in (("captured_packets", "packet_records"), ("connections",) * 2):
        assert collector.numbers(f"protocol_inspect.{name}") == {(): summary[key]}
    assert collector.numbers("protocol_inspect.findings") == findings
    assert collector.numbers("protocol_inspect.requests_in_flight") == {(): 0}
    latency = collector.points("protocol_inspect.request.latency")["tcp", "sum"]
    nanoseconds = [e["latency_ns"] for e in exchanges if e["route"] == "sum"]
    assert latency.count == len(nanoseconds)
    assert latency.sum == pytest.approx(sum(nanoseconds) / 1e9)
    by_number = {
        each.said["protocol_inspect.exchange"]: each for each in collector.spans
    }
    assert len(collector.spans) == len(by_number) == len(exchanges)
    for each in exchanges:
        said = by_number[each["number"]].said
        assert said["protocol_inspect.outcome"] == each["outcome"]
        assert said["server.port"] == Endpoint.parse(each["server"]).port
        error = each["outcome"] not in {"completed", "sent"}
        assert ("error.type" in said) is error
