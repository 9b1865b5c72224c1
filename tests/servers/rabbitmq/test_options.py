from __future__ import annotations

from typing import Any

import pytest

from servers import UsageError
from servers.rabbitmq.options import REPLY_QUEUE, Options


def test_the_defaults_are_those_of_nest() -> None:
    options = Options(queue="cats_q")

    assert options.ack == "none"
    assert options.durable
    assert not options.persistent
    assert options.reply_queue == REPLY_QUEUE == "amq.rabbitmq.reply-to"
    assert (options.topic, options.routed, options.binding) == ("", False, None)


@pytest.mark.parametrize(
    ("chosen", "topic", "routed", "binding"),
    [
        ({"wildcards": True}, "q", True, None),
        ({"wildcards": True, "exchange": "e", "routing_key": "k"}, "e", True, "k"),
        ({"exchange": "e", "exchange_type": "fanout"}, "e", True, ""),
        (
            {"exchange": "e", "exchange_type": "direct", "routing_key": "k"},
            "e",
            False,
            "k",
        ),
    ],
)
def test_where_messages_go(
    chosen: dict[str, Any],
    topic: str,
    routed: bool,  # noqa: FBT001
    binding: str | None,
) -> None:
    options = Options(queue="q", **chosen)

    assert (options.topic, options.routed, options.binding) == (topic, routed, binding)


def test_dead_letters_are_arguments_of_the_queue() -> None:
    options = Options(dead_letters="dead", arguments={"x-max-priority": 3})

    assert options.queue_arguments == {
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "dead",
        "x-max-priority": 3,
    }
    assert Options(arguments={"a": 1}).queue_arguments == {"a": 1}


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        ({"ack": "later"}, "ack is one of 'none', 'after', 'manual'"),
        ({"ack": "after", "failed": "drop"}, "failed is one of"),
        ({"failed": "requeue"}, 'failed is for ack="after"'),
        ({"prefetch": 65_536}, "prefetch is from 0"),
        ({"wildcards": True, "queue": ""}, "wildcards need an exchange or a queue"),
        ({"exchange_type": "x"}, "exchange_type is one of"),
    ],
)
def test_what_contradicts_itself_is_refused(chosen: dict[str, Any], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        Options(**{"queue": "q", **chosen})
