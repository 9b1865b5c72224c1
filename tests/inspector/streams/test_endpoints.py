from __future__ import annotations

import pytest

from inspector.streams.endpoints import Endpoint


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("127.0.0.1:8888", Endpoint("127.0.0.1", 8888)),
        ("[::1]:8888", Endpoint("::1", 8888)),
        ("service.example:0", Endpoint("service.example", 0)),
        ("10.0.0.1:65535", Endpoint("10.0.0.1", 65_535)),
    ],
)
def test_an_endpoint_is_written_as_it_is_read(text: str, endpoint: Endpoint) -> None:
    assert Endpoint.parse(text) == endpoint
    assert str(endpoint) == text


@pytest.mark.parametrize("text", ["", "x", ":", ":80", "a:", "a:b", "a:-1", "a:65536"])
def test_a_text_that_is_no_endpoint_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=f"^not HOST:PORT: {text}$"):
        Endpoint.parse(text)


def test_the_host_of_ipv6_has_brackets() -> None:
    assert Endpoint("::1", 1).host == "[::1]"
    assert Endpoint("10.0.0.1", 1).host == "10.0.0.1"


def test_an_endpoint_on_the_same_host_is_seen_as_its_port() -> None:
    server = Endpoint("::1", 8888)

    assert server.seen_from("[::1]") == ":8888"
    assert server.seen_from("10.0.0.1") == "[::1]:8888"
