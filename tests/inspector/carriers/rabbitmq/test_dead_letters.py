"""Where a message was before is what its deaths say, however odd those are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.carriers.detours import Death
from inspector.carriers.rabbitmq.dead_letters import death_of
from inspector.carriers.rabbitmq.properties import Properties

if TYPE_CHECKING:
    from protocol import Json


def _death(**said: Json) -> dict[str, Json]:
    usual = {"queue": "cats_q", "exchange": "", "routing-keys": ["cats"], "count": 1}
    return {**usual, "reason": "rejected", **said}


@pytest.mark.parametrize(
    ("headers", "death"),
    [
        (None, None),
        ({}, None),
        ({"x-death": []}, None),
        ({"x-death": "no"}, None),
        ({"x-death": ["no"]}, None),
        ({"x-death": [_death()]}, Death("cats", "cats_q")),
        ({"x-death": [_death(reason="expired")]}, Death("cats")),
        ({"x-death": [_death(count=2)]}, Death("cats")),
        ({"x-death": [_death(queue=None)]}, Death("cats")),
        ({"x-death": [_death(queue="wait_q"), _death()]}, Death("cats")),
        (
            {"x-death": [_death(**{"routing-keys": [""], "exchange": "e"})]},
            Death("e", "cats_q"),
        ),
        ({"x-death": [{"reason": "rejected"}]}, Death("")),
    ],
)
def test_where_a_message_was_before(headers: Json, death: Death | None) -> None:
    facts = {} if headers is None else {"headers": headers}
    assert death_of(Properties(0, facts)) == death
