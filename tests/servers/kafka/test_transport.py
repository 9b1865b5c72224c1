"""Kafka as a transport: its addresses, and what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from servers import UsageError
from servers.kafka import Kafka
from servers.kafka.transport import DEFAULT_URL
from servers.locating import broker_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.kafka.connecting import Settings


def _settings(kafka: Kafka) -> Settings:
    return kafka._settings  # noqa: SLF001 — nobody else shows them


def test_an_address_may_have_no_scheme_and_be_several() -> None:
    kafka = Kafka(["127.0.0.1:9092", "kafka://[::1]:9093"], client_id="calc")
    told = _settings(kafka).shared("-client")

    assert kafka.name == "kafka://127.0.0.1:9092,kafka://[::1]:9093"
    assert told["bootstrap_servers"] == ["127.0.0.1:9092", "[::1]:9093"]
    assert told["client_id"] == "calc-client"
    assert told["security_protocol"] == "PLAINTEXT"
    assert Kafka().name == f"kafka://{DEFAULT_URL}"
    assert Kafka().shared, "instances are one group"


def test_a_user_logs_in_and_no_error_shows_the_password() -> None:
    kafka = Kafka("kafkas://ada:p%40ss@broker", mechanism="SCRAM-SHA-256")
    told = _settings(kafka).shared("")

    assert kafka.name == "kafkas://broker"
    assert told["bootstrap_servers"] == ["broker:9092"]
    assert told["security_protocol"] == "SASL_SSL"
    assert told["ssl_context"].check_hostname
    assert (told["sasl_plain_username"], told["sasl_plain_password"]) == ("ada", "p@ss")
    assert told["sasl_mechanism"] == "SCRAM-SHA-256"
    plain = _settings(Kafka("kafka://ada:p@broker")).shared("")
    assert plain["security_protocol"] == "SASL_PLAINTEXT"


def test_a_url_of_a_command_names_the_group() -> None:
    kafka = broker_at("kafka://127.0.0.1:9092/orders?wait=0.1&ordered=false")
    assert isinstance(kafka, Kafka)
    options = _settings(kafka).options

    assert _settings(kafka).group == "orders-server"
    assert (options.wait, options.ordered) == (0.1, False)
    assert kafka.name == "kafka://127.0.0.1:9092"


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: Kafka("nats://127.0.0.1"), "not an address"),
        (lambda: Kafka([]), "no address"),
        (lambda: Kafka(groop="a"), "Kafka: .*groop"),
        (lambda: broker_at("kafka://host?groop=a"), "no option 'groop'"),
        (lambda: broker_at("kafka://host?wait=long"), "wait cannot be 'long'"),
    ],
)
def test_what_is_misspelt_is_refused(make: Callable[[], object], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        make()
