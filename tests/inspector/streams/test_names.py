"""What people call addresses and ports, and which of several names is meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.streams.endpoints import Endpoint
from inspector.streams.names import LONGEST, NO_NAMES, Names

NAMES = Names(
    {
        "10.0.0.7": "gateway",
        ":8888": "calc",
        "10.1.1.6:8889": "orders",
        "::1": "six",
        "[2001:db8::0:1]:80": "web",
    }
)


@pytest.mark.parametrize(
    ("text", "server", "client"),
    [
        ("10.0.0.7", "gateway", "gateway"),
        ("10.0.0.7:40000", "gateway:40000", "gateway:40000"),
        ("10.0.0.7:8888", "calc", "gateway:8888"),
        ("10.1.1.6:8889", "orders", "orders"),
        ("10.1.1.6:8888", "calc", "10.1.1.6:8888"),
        ("10.1.1.6", "10.1.1.6", "10.1.1.6"),
        ("[::1]", "six", "six"),
        ("[::1]:9", "six:9", "six:9"),
        ("[2001:db8::1]:80", "web", "web"),
        ("[2001:db8::1]:81", "[2001:db8::1]:81", "[2001:db8::1]:81"),
    ],
)
def test_address_and_port_come_before_the_port_and_that_before_the_address(
    text: str, server: str, client: str
) -> None:
    assert NAMES.server(text) == server
    assert NAMES.client(text) == client


def test_an_endpoint_has_the_name_alone() -> None:
    gateway = Endpoint("10.0.0.7", 8888)

    assert NAMES.of_server(gateway) == "calc"
    assert NAMES.of_client(gateway) == "gateway"
    assert NAMES.of_server(Endpoint("::1", 9)) == "six"
    assert NAMES.of_client(Endpoint("10.0.0.8", 8888)) is None
    assert NAMES.of_server(Endpoint("10.0.0.8", 1)) is None


@given(st.ip_addresses(), st.integers(1, 65_535))
def test_without_names_all_stays_as_it_is(address: object, port: int) -> None:
    endpoint = Endpoint(str(address), port)

    assert NO_NAMES.server(str(endpoint)) == str(endpoint)
    assert NO_NAMES.client(str(endpoint)) == str(endpoint)
    assert NO_NAMES.of_server(endpoint) is NO_NAMES.of_client(endpoint) is None
    assert not NO_NAMES


@given(st.ip_addresses(), st.integers(1, 65_535))
def test_every_endpoint_can_have_a_name(address: object, port: int) -> None:
    endpoint = Endpoint(str(address), port)

    assert Names({str(endpoint): "it"}).server(str(endpoint)) == "it"
    assert Names({endpoint.host: "it"}).of_client(endpoint) == "it"
    assert Names({str(address): "it"}).client(endpoint.host) == "it"
    assert Names({str(port): "it"}).of_server(endpoint) == "it"


def test_names_are_equal_when_they_say_the_same() -> None:
    one = Names({"::1": "six"})

    assert one == Names({"[::1]": "six"})
    assert hash(one) == hash(Names({"[::1]": "six"}))
    assert one not in {NO_NAMES, "six"}


def test_of_two_the_later_is_right() -> None:
    both = Names({":1": "a", ":2": "b"}) | Names({":2": "c"})

    assert [both.server(f"10.0.0.1:{port}") for port in (1, 2)] == ["a", "c"]


@pytest.mark.parametrize(
    "where", ["", "gateway", ":", ":0", ":65536", "1.2.3", "1.2.3.4:"]
)
def test_what_is_no_place_has_no_name(where: str) -> None:
    with pytest.raises(
        ValueError, match=r"is neither an address nor :PORT|is not a TCP port"
    ):
        Names({where: "it"})


@pytest.mark.parametrize("name", ["", "  ", "x" * (LONGEST + 1)])
def test_a_name_says_something_and_not_too_much(name: str) -> None:
    with pytest.raises(ValueError, match="a name is"):
        Names({":1": name})


@given(st.text(min_size=1, max_size=50))
def test_no_name_is_obeyed_by_a_terminal(name: str) -> None:
    if name.strip():
        assert Names({":1": name}).server("10.0.0.1:1").isprintable()


def test_a_group_of_a_broker_has_its_name_without_the_broker() -> None:
    names = Names({"group:workers": "billing"})
    keys = ["workers (10.0.0.9:4222)", "others (10.0.0.9:4222)", "10.0.0.9:4222"]

    assert [names.server(key) for key in keys] == ["billing", "others", keys[2]]
    with pytest.raises(ValueError, match="is neither an address nor :PORT"):
        Names({"group:": "it"})
