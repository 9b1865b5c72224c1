"""A client of HTTP reads of a live run what its JSON lines say."""

from __future__ import annotations

import http.client
import re
import socket
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from inspector.commands.metrics_port import served
from inspector.streams.endpoints import Endpoint
from tests.inspector.command import run
from tests.inspector.watched import watched
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from tests.inspector.nest import Nest

_FREE = Endpoint("127.0.0.1", 0)
_AT = re.compile(r"metrics: http://127\.0\.0\.1:(\d+)/metrics")


class Answer:
    """What a port answers to one request."""

    def __init__(self, where: Endpoint, method: str, path: str) -> None:
        connection = http.client.HTTPConnection(*where, timeout=PATIENCE)
        connection.request(method, path)
        with connection.getresponse() as response:
            self.status = response.status
            self.headers = dict(response.headers)
            self.body = response.read()
        connection.close()


def rendered(accept: str) -> tuple[str, bytes]:
    return "text/plain; version=0.0.4", b"# for %s\n" % accept.encode()


def scraped(where: Endpoint) -> dict[tuple[str, ...], float]:
    text = Answer(where, "GET", "/metrics").body.decode()
    return {
        (sample.name, *(sample.labels[key] for key in sorted(sample.labels))): (
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_prometheus_reads_what_the_lines_of_a_run_say(nest: Nest) -> None:
    with nest.service() as service:
        words = ["0", f"127.0.0.1:{service.port}", "--json", "--slow", "50ms"]
        with watched("proxy", *words, "--metrics", "0") as proxy:
            found = _AT.search(proxy.err)
            assert found is not None
            where = Endpoint("127.0.0.1", int(found[1]))
            nest.client("steps", 4, *proxy.ports)
            with nest.running_client("waits", *proxy.ports):
                proxy.until(lambda: proxy.waiting_for("never"))
                proxy.until(lambda: len(proxy.exchanges) == 20)
                waits = ("protocol_inspect_requests_in_flight",)
                while (metrics := scraped(where))[waits] != 1:
                    pass  # the totals are taken over a moment later
                exchanges = proxy.exchanges
            assert proxy.interrupt() == 0
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(where)

    for kind, name in (("message", "requests"), ("event", "events")):
        counted = Counter(
            (f"protocol_inspect_{name}_total", "tcp", each["outcome"], each["route"])
            for each in exchanges
            if each["kind"] == kind
        )
        assert counted.items() <= metrics.items()
        assert sum(n for key, n in metrics.items() if key[0].endswith(f"{name}_total"))
    latency = ("protocol_inspect_request_latency_seconds_sum", "tcp", "sum")
    nanoseconds = sum(e["latency_ns"] for e in exchanges if e["route"] == "sum")
    assert metrics[latency] == pytest.approx(nanoseconds / 1e9)
    slow = ("protocol_inspect_slow_requests_total", "tcp", "never")
    assert metrics[slow] == len(proxy.waiting_for("never")) == 1
    findings = Counter(each["code"] for each in proxy.of_type("finding"))
    assert (
        metrics["protocol_inspect_findings_total", "masked-error", "warning"]
        == (findings["masked-error"])
    )
    packets = ("protocol_inspect_exchange_packets_total", "tcp", "event")
    assert metrics[packets] == proxy.summary["events"]


def test_only_its_path_is_answered_and_only_what_reads_it() -> None:
    with served(_FREE, rendered) as where:
        got = Answer(where, "GET", "/metrics?x=1")
        head = Answer(where, "HEAD", "/metrics")
        elsewhere = [Answer(where, "GET", path) for path in ("/", "/metrics/", "//x")]
        posted = Answer(where, "POST", "/metrics")

    assert (got.status, got.body) == (200, b"# for \n")
    assert got.headers["Content-Type"] == "text/plain; version=0.0.4"
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(got.body))
    assert "Python" not in got.headers["Server"]
    assert [each.status for each in elsewhere] == [404, 404, 404]
    assert posted.status == 501


def test_those_who_ask_nothing_keep_nobody_from_an_answer_for_long(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with served(_FREE, rendered) as where:
        idle = [socket.create_connection(where) for _ in range(40)]
        for each in idle[:8]:
            each.close()
        idle[9].sendall(b"\0\xff\r\n\r\n")
        closed = [each for each in idle[30:] if each.recv(1) == b""]
        assert closed  # there is no room for all of them
        for each in idle[8:]:
            each.close()
        status = 0
        while status != 200:
            try:
                status = Answer(where, "GET", "/metrics").status
            except (http.client.HTTPException, OSError):
                continue  # those that left are still being noticed
    assert capsys.readouterr().err == ""


def test_the_other_loopback_address_is_answered_too() -> None:
    with served(Endpoint("::1", 0), rendered) as where:
        assert Answer(where, "GET", "/metrics").status == 200


def test_a_port_that_is_taken_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = run("live", "-", "--metrics", str(port))

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        f"protocol-inspect: 127.0.0.1:{port}: cannot listen: address already in use\n"
    )


def test_without_the_extra_it_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['prometheus_client'] = None\n"
        "from inspector.cli import main; sys.exit(main())"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", program, "live", "-", "--metrics", "0"],
        check=False,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        timeout=PATIENCE,
    )

    assert outcome.returncode == 2
    assert outcome.stderr.count("\n") == 1
    assert "--metrics: prometheus-client is not installed; " in outcome.stderr
    assert "install prometheus-client" in outcome.stderr
