from __future__ import annotations

from typing import Any

import pytest

from inspector import Exchange, ExpressionError, Limits, inspect
from inspector.library.options import checked_options
from inspector.streams.endpoints import Endpoint
from protocol import NEST_VERSIONS, UNDEFINED
from tests.inspector.captures import SEED
from tests.inspector.conversation import CLIENT, Wire


def _options(**given: Any) -> Any:  # noqa: ANN401
    usual: dict[str, Any] = {
        "where": None,
        "ports": (),
        "nest": "12",
        "limits": None,
        "carriers": {},
        "names": {},
        "brokers": (),
    }
    return checked_options(**(usual | given))


def test_without_a_wish_all_is_as_usual() -> None:
    options = _options()

    assert (options.where, options.ports, options.limits) == (None, frozenset(), None)
    assert options.nest is NEST_VERSIONS[-1]


def test_ports_and_limits_are_taken_as_they_are() -> None:
    options = _options(ports=[1, 65_535], limits=Limits(connections=3))

    assert options.ports == {1, 65_535}
    assert options.limits.connections == 3


@pytest.mark.parametrize("nest", ["10", "v11", "12.1.1"])
def test_a_version_is_named_as_elsewhere(nest: str) -> None:
    assert _options(nest=nest).nest.release.startswith(nest.removeprefix("v"))


def test_names_are_those_of_exchanges() -> None:
    wire = Wire()
    wire.connect().emit("a", 1)
    (call,) = inspect(wire.records, names={":8888": "calc"}).exchanges

    assert (call.client_name, call.server_name) == (UNDEFINED, "calc")
    assert call.server == "10.0.0.2:8888"
    assert not _options().names


def test_a_carrier_is_named_for_a_port() -> None:
    assert _options().carriers == {}
    assert _options(carriers={8888: "tcp"}).carriers == {8888: "tcp"}


def test_brokers_are_one_that_are_named_together() -> None:
    first, second = Endpoint("10.0.0.1", 4222), Endpoint("10.0.0.2", 4222)

    assert _options().same_brokers == {}
    groups = ([str(first), str(second)] for _ in range(1))  # which are read once
    assert _options(brokers=groups).same_brokers == {first: first, second: first}


def test_a_port_is_read_as_its_carrier() -> None:
    wire = Wire()
    wire.connect().send(CLIENT, b"900000#" + b"x" * 5_000)

    assert inspect(wire.records).report.connections == 0
    assert inspect(wire.records, carriers={8888: "tcp"}).report.connections == 1


def test_an_expression_chooses() -> None:
    seen = inspect(SEED, where="route == 'sum' and number < 5")

    assert [each.number for each in seen] == [2, 4]


def test_a_function_is_given_the_exchange_that_is_yielded() -> None:
    asked: list[Exchange] = []

    def slow(exchange: Exchange) -> object:
        asked.append(exchange)
        return exchange.data  # a list that is not empty: true enough

    seen = inspect(SEED, where=slow).exchanges

    assert len(asked) == 10
    assert seen == sorted(asked, key=lambda each: each.number)


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("rout == 1", r"where: no field 'rout', did you mean route\?"),
        ("route ==", "where: .*: expected a value"),
        ("", "where: "),
    ],
)
def test_an_expression_without_a_meaning_is_refused_at_once(
    where: str, why: str
) -> None:
    with pytest.raises(ExpressionError, match=why) as caught:
        inspect("no-such.pcap", where=where)

    assert caught.value.subject == "where"


@pytest.mark.parametrize(
    ("wish", "error", "why"),
    [
        ({"where": 7}, TypeError, "where is an expression or a function, not int"),
        ({"ports": 8888}, TypeError, r"ports are several, such as \[8888\], not int"),
        ({"ports": "8888"}, TypeError, "ports are several"),
        ({"ports": ["8888"]}, ValueError, "from 1 to 65535, not '8888'"),
        ({"ports": [0]}, ValueError, "from 1 to 65535, not 0"),
        ({"ports": [65_536]}, ValueError, "not 65536"),
        ({"nest": 12}, TypeError, 'nest is a version such as "12", not int'),
        ({"nest": "9"}, ValueError, "9"),
        ({"carriers": {0: "tcp"}}, ValueError, "not 0"),
        ({"carriers": ["tcp"]}, TypeError, "carriers are a mapping .*, not list"),
        ({"carriers": {8888: "pigeon"}}, ValueError, "no carrier 'pigeon'; .* tcp"),
        ({"names": [":1"]}, TypeError, "names are a mapping .*, not list"),
        ({"names": {"gateway": "x"}}, ValueError, "'gateway' is neither an address"),
        ({"same_brokers": "a:1,b:1"}, TypeError, "same_brokers are groups such as"),
        ({"same_brokers": ["a:1,b:1"]}, TypeError, "same_brokers are groups such as"),
        ({"same_brokers": [["a:1"]]}, ValueError, "brokers that are one are several"),
        ({"limits": 5}, TypeError, r"limits are Limits\(…\), not int"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_at_once(
    wish: dict[str, Any], error: type[Exception], why: str
) -> None:
    with pytest.raises(error, match=why):
        inspect("no-such.pcap", **wish)
