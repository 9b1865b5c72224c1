from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from servers import Service, UsageError
from servers.redis import Redis

if TYPE_CHECKING:
    from servers.client.brokers import Broker
    from servers.server.endpoints import Transport


def test_it_is_a_transport_and_a_broker() -> None:
    transport: Transport = (redis := Redis())
    broker: Broker = redis

    assert transport.name == broker.name == "redis://localhost:6379"


def test_its_name_has_no_password() -> None:
    assert Redis("rediss://u:secret@h:1/0").name == "rediss://h:1/0"


def test_several_workers_would_each_handle_every_message() -> None:
    with pytest.raises(UsageError, match="it has no queue that they share"):
        Service().run(Redis(), workers=2)


@pytest.mark.parametrize("url", ["http://h", "redis://", "redis://h:x"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is not an address"):
        Redis(url)


@pytest.mark.parametrize(
    ("url", "options", "name"),
    [
        ("redis://u:secret@h?colour=red", {}, "colour"),
        ("redis://u:secret@h", {"colour": "red"}, "colour"),
        ("redis://u:secret@h?db=x", {}, "'db'"),
    ],
)
def test_an_option_that_redis_py_does_not_have_is_refused(
    url: str, options: dict[str, Any], name: str
) -> None:
    with pytest.raises(UsageError, match=f"^redis://h: .*{name}") as caught:
        Redis(url, **options)

    assert "secret" not in str(caught.value)
