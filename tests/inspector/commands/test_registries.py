"""Names of servers from Consul, whose paths a small server here has."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from inspector.commands.registries import names_at
from inspector.errors import InspectorError
from inspector.streams.endpoints import Endpoint
from tests.inspector.captures import SEED
from tests.inspector.command import run

if TYPE_CHECKING:
    from collections.abc import Iterator


def _instance(name: str, host: str, port: int, node: str = "") -> dict[str, object]:
    return {
        "ServiceName": name,
        "ServiceAddress": host,
        "Address": node,
        "ServicePort": port,
    }


_CATALOG = {
    "services": {"calc": [], "consul": [], "orders": ["v2"]},
    "service/calc": [
        _instance("calc", "127.0.0.1", 8888),
        _instance("calc", "", 8889, node="10.0.0.2"),
        _instance("calc", "calc.internal", 8888),
        _instance("calc", "::1", 8888),
        _instance("calc", "10.0.0.3", 0),
    ],
    "service/orders": [_instance("orders", "10.0.0.2", 8890)],
}


@contextmanager
def _serving(catalog: object) -> Iterator[str]:
    class Catalog(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.removeprefix("/v1/catalog/")
            found = catalog.get(path) if isinstance(catalog, dict) else catalog
            body = json.dumps(found).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Catalog) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_instances_have_the_names_of_their_services(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with _serving(_CATALOG) as where:
        names = names_at(f"consul://{where}")
        monkeypatch.setenv("CONSUL_HTTP_ADDR", where)
        assert names_at("consul://") == names
        ended = run("services", SEED, "--names", "consul://")

    found = {
        text: names.of_server(Endpoint.parse(text))
        for text in ("127.0.0.1:8888", "10.0.0.2:8889", "10.0.0.2:8890", "[::1]:8888")
    }
    assert [*found.values()] == ["calc", "calc", "orders", "calc"]
    assert names.of_server(Endpoint.parse("10.0.0.3:8888")) is None
    assert ended.code == 0
    assert "calc" in ended.out


def test_what_is_said_by_itself_comes_before_the_registry() -> None:
    with _serving(_CATALOG) as where:
        url = f"consul://{where}"
        ended = run("services", SEED, "--names", url, "--name", ":8888=adder")
        own = run("services", SEED, "--names", url, "--name", "127.0.0.1:8888=adder")

    assert "calc" in ended.out  # an address says more than a port
    assert "adder" in own.out


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:8500", "is not like consul://127.0.0.1:8500"),
        ("consul://127.0.0.1:x", "is not like consul://127.0.0.1:8500"),
        ("consul://127.0.0.1:1", "cannot ask: connection refused"),
    ],
)
def test_what_cannot_be_asked_is_one_line(url: str, words: str) -> None:
    ended = run(SEED, "--names", url)

    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("catalog", [[1], {"services": 7}, {"services": {"a": 1}}])
def test_other_answers_are_one_line(catalog: object) -> None:
    with _serving(catalog) as where, pytest.raises(InspectorError, match="not Consul"):
        names_at(f"consul://{where}")
