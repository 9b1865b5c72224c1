from __future__ import annotations

import pytest

from inspector.findings.objections import (
    NATS_OBJECTIONS,
    REDIS_OBJECTIONS,
    UNKNOWN,
    Objection,
)


@pytest.mark.parametrize("known", [NATS_OBJECTIONS, REDIS_OBJECTIONS])
def test_each_begins_unlike_those_before_it(known: tuple[Objection, ...]) -> None:
    for index, each in enumerate(known):
        assert each.begins == each.begins.lower()
        assert not [one for one in known[:index] if each.begins.startswith(one.begins)]


def test_one_that_nobody_knows_has_no_beginning() -> None:
    assert not UNKNOWN.begins
