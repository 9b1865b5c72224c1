"""What a proxy showed is what the applications counted, and nobody noticed it."""

from __future__ import annotations

import socket
import subprocess
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import pytest
import trustme

from tests.inspector.command import run, spawn
from tests.inspector.watched import Watched, watched
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.inspector.nest import Nest


def test_it_reports_what_the_applications_counted(nest: Nest, tmp_path: Path) -> None:
    written = tmp_path / "calls.pcapng"
    with nest.service() as service:
        target = f"127.0.0.1:{service.port}"
        words = ["0", target, "--json", "--write", str(written)]
        with watched("proxy", *words) as proxy:
            client, _ = nest.client("steps", 20, *proxy.ports)
            proxy.until(lambda: len(proxy.exchanges) == 100)
            assert proxy.interrupt() == 0

    summary, capture = proxy.summary, proxy.lines[-2]
    assert summary["messages"] == client.sent["request"] == 80
    assert summary["events"] == client.sent["event"] == 20
    assert summary["replies"] == sum(client.received.values()) == 80
    assert summary["errors"] == client.received["response-error"] == 20
    assert summary["no_handler"] == client.received["response-nohandler"] == 20
    assert summary["packets_per_message"] == {"2": 80}
    assert summary["packets_per_event"] == {"1": 20}
    assert capture["dropped"] is None
    assert service.tally().received == client.sent
    assert service.tally().sent == client.received

    again = run("exchanges", written, "--json").lines
    assert again == sorted(proxy.exchanges, key=lambda line: int(line["number"]))
    expert = subprocess.run(
        ["tshark", "-n", "-r", written, "-Y", "tcp.analysis.flags || _ws.malformed"],  # noqa: S607
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    assert expert.stdout == b""


def test_several_routes_go_each_to_its_own_target(nest: Nest) -> None:
    with nest.service() as one, nest.service() as other:
        targets = [f"127.0.0.1:{service.port}" for service in (one, other)]
        words = ["0", targets[0], "127.0.0.1:0", targets[1], "--json"]
        with watched("proxy", *words) as proxy:
            first, second = proxy.ports
            nest.client("steps", 1, first)
            nest.client("steps", 3, second)
            proxy.until(lambda: len(proxy.exchanges) == 20)
            proxy.interrupt()

    assert one.tally().received == {"request": 4, "event": 1}
    assert other.tally().received == {"request": 12, "event": 3}
    servers = [line["server"] for line in proxy.exchanges]
    assert [servers.count(target) for target in targets] == [5, 15]


def test_tls_on_either_side(nest: Nest, tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    cert, key, ca = (tmp_path / name for name in ("cert.pem", "key.pem", "ca.pem"))
    certificate.cert_chain_pems[0].write_to_path(str(cert))
    certificate.private_key_pem.write_to_path(str(key))
    authority.cert_pem.write_to_path(str(ca))
    for_clients = ["--client-cert", str(cert), "--client-key", str(key)]
    service_tls = {"TLS_CERT": str(cert), "TLS_KEY": str(key)}
    for clients, target in ((True, True), (True, False), (False, True)):
        with ExitStack() as stack:
            environment = service_tls if target else {}
            service = stack.enter_context(nest.service(**environment))
            words = ["0", f"localhost:{service.port}", "--json"]
            words += for_clients if clients else []
            words += ["--target-ca", str(ca)] if target else []
            proxy = stack.enter_context(watched("proxy", *words))
            trust = {"TLS_CA": str(ca)} if clients else {}
            client, _ = nest.client("steps", 3, *proxy.ports, **trust)
            proxy.until(partial(shows, proxy, 15))
            proxy.interrupt()
        assert service.tally().received == client.sent
        assert proxy.summary["messages"] == client.sent["request"] == 12
        assert proxy.summary["events"] == client.sent["event"]


def shows(proxy: Watched, exchanges: int) -> bool:
    return len(proxy.exchanges) == exchanges


def test_a_certificate_that_is_not_trusted_is_told_and_clients_are_refused(
    nest: Nest, tmp_path: Path
) -> None:
    certificate = trustme.CA().issue_cert("localhost")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    certificate.cert_chain_pems[0].write_to_path(str(cert))
    certificate.private_key_pem.write_to_path(str(key))
    with (
        nest.service(TLS_CERT=str(cert), TLS_KEY=str(key)) as service,
        watched("proxy", "0", f"localhost:{service.port}", "--target-tls") as proxy,
    ):
        assert "its certificate is not trusted" in proxy.err
        assert "clients are refused" in proxy.err
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", proxy.ports[0]))


def test_clients_are_refused_as_long_as_the_target_is_away(nest: Nest) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with watched("proxy", "0", f"127.0.0.1:{port}", "--json") as proxy:
        here = ("127.0.0.1", proxy.ports[0])
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(here)
        with nest.service(PORT=str(port)) as service:
            proxy.until(lambda: "is reachable again" in proxy.err)
            nest.client("steps", 1, *proxy.ports)
            service.kill()
            proxy.until(lambda: proxy.err.count("clients are refused") == 2)
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(here)
        proxy.until(lambda: len(proxy.exchanges) == 5)
        assert proxy.interrupt() == 0


def test_a_target_that_dies_in_mid_call_loses_nothing_that_was_seen(
    nest: Nest,
) -> None:
    with nest.service() as service:
        words = ["0", f"127.0.0.1:{service.port}", "--json"]
        with watched("proxy", *words, "--slow", "50ms") as proxy:
            nest.client("steps", 2, *proxy.ports)
            with nest.running_client("waits", *proxy.ports):
                proxy.until(lambda: proxy.waiting_for("never"))
                service.kill()
                proxy.until(lambda: len(proxy.exchanges) == 11)
                proxy.until(lambda: "no process listens there" in proxy.err)
            assert proxy.interrupt() == 0

    last = proxy.exchanges[-1]
    assert (last["route"], last["outcome"]) == ("never", "unanswered")
    assert len({line["number"] for line in proxy.exchanges}) == 11
    assert len(proxy.waiting_for("never")) == 1
    assert proxy.summary["messages"] == 9


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["8888"], "8888 has no target"),
        (["8888", "nonsense"], "nonsense: not HOST:PORT"),
        (["x:y:z", "127.0.0.1:1"], "x:y:z: not PORT or HOST:PORT"),
        (["70000", "127.0.0.1:1"], "70000: not PORT or HOST:PORT"),
        (["0", "127.0.0.1:1", "--client-key", "k"], "--client-key needs --client-cert"),
        (["0", "127.0.0.1:1", "--client-cert", "/nope.pem"], "/nope.pem: no such file"),
        (["0", "127.0.0.1:1", "--target-ca", "/dev/null"], "/dev/null: no certificate"),
    ],
)
def test_words_that_make_no_sense_are_usage(words: list[str], problem: str) -> None:
    outcome = run("proxy", *words)

    assert outcome.code == 2
    assert problem in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = spawn("proxy", str(port), f"127.0.0.1:{port}")

    assert outcome.returncode == 2
    assert outcome.stderr.decode() == (
        f"protocol-inspect: 127.0.0.1:{port}: cannot listen: address already in use\n"
    )
