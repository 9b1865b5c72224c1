"""How Kafka is used."""

from __future__ import annotations

from typing import Any

import pytest

from servers import UsageError
from servers.kafka import Options


def test_the_defaults_are_those_of_nest() -> None:
    options = Options()

    assert (options.group + options.suffix) == "nestjs-group-server"
    assert (options.client_id, options.start) == ("nestjs-consumer", "latest")
    assert (options.ack, options.ordered, options.retries) == ("after", True, 5)


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        ({"ack": "before"}, "ack is one of 'after', 'none', 'manual'"),
        ({"compression": "rar"}, "compression is one of"),
        ({"group": ""}, "name of its group"),
        ({"failed": "retry", "ack": "manual"}, 'failed is for ack="after"'),
        ({"idempotent": True, "acks": "1"}, 'idempotent needs acks="all"'),
        ({"retries": -1}, "no such numbers"),
        ({"wait": -1.0}, "no such numbers"),
    ],
)
def test_what_contradicts_itself_is_refused(chosen: dict[str, Any], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        Options(**chosen)
