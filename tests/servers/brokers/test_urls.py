from __future__ import annotations

import pytest

from servers import UsageError
from servers.brokers.urls import checked_url, checked_urls, shown_url


def test_a_url_is_shown_without_its_secrets() -> None:
    assert shown_url("nats://user:p%40ss@host:1?tls=1") == "nats://host:1"
    assert shown_url("redis://:secret@h/0") == "redis://h/0"
    assert shown_url("nats://host") == "nats://host"
    assert shown_url("user:p@ss") == "ss"


@pytest.mark.parametrize("url", ["nats://h", "nats://h:4222", "tls://[::1]:1"])
def test_a_url_is_what_it_was(url: str) -> None:
    assert checked_url(url, "nats", "tls") == url


@pytest.mark.parametrize(
    "url", ["", "host:1", "nats://", "redis://h", "nats://h:0", "nats://h:x", "tls://["]
)
def test_what_is_none_is_refused_and_shown_without_its_secrets(url: str) -> None:
    with pytest.raises(UsageError, match="nats://host or tls://host is"):
        checked_url(url, "nats", "tls")
    with pytest.raises(UsageError) as caught:
        checked_url("http://u:secret@h", "nats", "tls")

    assert "secret" not in str(caught.value)


def test_a_cluster_has_at_least_one_url() -> None:
    assert checked_urls("nats://h", "nats") == ["nats://h"]
    assert checked_urls(iter(["nats://h", "nats://i:1"]), "nats") == [
        "nats://h",
        "nats://i:1",
    ]
    with pytest.raises(UsageError, match="a cluster has at least one"):
        checked_urls([], "nats")
    with pytest.raises(UsageError, match="nats://host is"):
        checked_urls(["nats://h", "amqp://h"], "nats")
