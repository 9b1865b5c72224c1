from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trustme

from inspector.errors import InspectorError
from inspector.sources.proxy import endpoint, tls_for_clients, tls_for_target

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.streams.endpoints import Endpoint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:8889", ("127.0.0.1", 8889)),
        ("[::1]:8889", ("::1", 8889)),
        ("service.example:1", ("service.example", 1)),
        ("8888", ("here", 8888)),
        ("0.0.0.0:0", ("0.0.0.0", 0)),  # noqa: S104 — a text, and nobody listens
    ],
)
def test_an_endpoint_is_read_as_it_is_typed(text: str, expected: Endpoint) -> None:
    assert endpoint(text, host="here") == expected


@pytest.mark.parametrize("text", ["", "x", ":", "a:", "a:b", "a:-1", "a:65536", ":80"])
def test_what_is_no_endpoint_is_an_error(text: str) -> None:
    with pytest.raises(InspectorError, match="not HOST:PORT") as raised:
        endpoint(text)
    assert raised.value.exit_code == 2


def test_a_target_needs_a_host() -> None:
    with pytest.raises(InspectorError, match="8888: not HOST:PORT"):
        endpoint("8888")


def test_a_certificate_with_its_key_in_one_file_or_two(tmp_path: Path) -> None:
    issued = trustme.CA().issue_cert("localhost")
    both, cert, key = (tmp_path / name for name in ("both.pem", "cert.pem", "key.pem"))
    issued.private_key_and_cert_chain_pem.write_to_path(str(both))
    issued.cert_chain_pems[0].write_to_path(str(cert))
    issued.private_key_pem.write_to_path(str(key))

    assert tls_for_clients(str(both), None) is not None
    assert tls_for_clients(str(cert), str(key)) is not None
    with pytest.raises(InspectorError, match="no certificate and key in PEM that fit"):
        tls_for_clients(str(cert), None)


def test_a_file_without_a_certificate_is_an_error(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    for make in (tls_for_target, lambda name: tls_for_clients(name, None)):
        with pytest.raises(InspectorError, match="no certificate"):
            make(str(empty))
        with pytest.raises(InspectorError, match="no such file"):
            make(str(tmp_path / "missing.pem"))
