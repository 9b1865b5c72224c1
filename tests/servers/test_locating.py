from __future__ import annotations

import pytest

from servers import Tcp, UsageError
from servers.locating import broker_at, is_located, scheme_of, tcp_at
from servers.mqtt import Mqtt
from servers.nats import Nats
from servers.rabbitmq import RabbitMQ
from servers.redis import Redis


def test_a_scheme_names_the_transport() -> None:
    assert tcp_at("tcp://127.0.0.1:8888") == Tcp("127.0.0.1", 8888)
    assert tcp_at("tcp://[::1]:1") == Tcp("::1", 1)
    assert isinstance(broker_at("nats://u:p@h:4222"), Nats)
    assert isinstance(broker_at("rediss://h/0"), Redis)


def test_what_follows_the_question_mark_is_an_option() -> None:
    shared, alone = broker_at("nats://h?queue=a+b"), broker_at("nats://h")

    assert (shared.shared, alone.shared) == (True, False)
    assert shared.name == "nats://h"
    for url, wildcards in {
        "redis://h/0?wildcards=true&db=1": True,
        "redis://h/0?wildcards=no": False,
        "redis://h/0": False,
    }.items():
        redis = broker_at(url)
        assert isinstance(redis, Redis)
        settings = redis._settings  # noqa: SLF001 — what it was told
        assert settings.wildcards == wildcards
        assert "wildcards" not in settings.url
        assert ("db=1" in settings.url) == ("db=1" in url)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("nats://u:p@h?queu=a", "nats://h: there is no option 'queu'"),
        ("tls://h?queu=a", "tls://h: there is no option 'queu'"),
        ("redis://h?wildcards=maybe", "wildcards cannot be 'maybe'"),
        ("redis://u:p@h?colour=red", "redis://h: .*'colour'"),
        ("amqp://h/q?colour=red", "amqp://h: there is no option 'colour'"),
    ],
)
def test_an_option_that_there_is_not_is_refused(url: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        broker_at(url)


def test_the_path_of_amqp_is_the_queue() -> None:
    rabbit = broker_at("amqp://u:p@h:1/cats%2Fq?ack=after&prefetch=5&vhost=a/b&name=x")

    assert isinstance(rabbit, RabbitMQ)
    settings = rabbit._settings  # noqa: SLF001 — what it was told
    assert settings.urls == ["amqp://u:p@h:1/a%2Fb?name=x"]
    assert settings.options.queue == "cats/q"
    assert (settings.options.ack, settings.options.prefetch) == ("after", 5)
    assert rabbit.name == "amqp://h:1/a%2Fb"
    for query, why in {"prefetch=x": "prefetch cannot be 'x'", "ack=x": "ack"}.items():
        with pytest.raises(UsageError, match=why):
            broker_at(f"amqp://h/q?{query}")


def test_mqtt_has_options() -> None:
    mqtt = broker_at("mqtt://h?qos=0&group=workers&version=3.1.1")

    assert isinstance(mqtt, Mqtt)
    assert mqtt.shared
    options = mqtt._settings.options  # noqa: SLF001 — what it was told
    assert (options.qos, options.version) == (0, "3.1.1")
    with pytest.raises(UsageError, match="no option 'quality'"):
        broker_at("mqtt://h?quality=0")


@pytest.mark.parametrize("text", ["h:1", "", "unix:/a", "sum", "http://h", "://"])
def test_what_is_no_address_of_a_transport(text: str) -> None:
    assert not is_located(text)
    with pytest.raises(UsageError, match="is not the address of a broker"):
        broker_at(text)


@pytest.mark.parametrize("url", ["nats://", "redis://h:x", "nats://h:99999"])
def test_what_is_malformed(url: str) -> None:
    assert is_located(url)
    with pytest.raises(UsageError, match="is not an address"):
        broker_at(url)


@pytest.mark.parametrize("url", ["tcp://h", "tcp://:1", "tcp://h:x", "tcp://["])
def test_tcp_needs_a_host_and_a_port(url: str) -> None:
    with pytest.raises(UsageError, match="tcp://host:port is"):
        tcp_at(url)


def test_a_scheme_is_what_stands_before_the_marks() -> None:
    assert scheme_of("nats://h") == "nats"
    assert scheme_of("h:1") == ""
