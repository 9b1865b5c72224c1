"""Attributes keep their type on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.telemetry.encoding import key_values, resource, scope
from tests.inspector.telemetry.collector import values_of

if TYPE_CHECKING:
    from inspector.telemetry.conventions import Attributes


def test_values_come_back_as_they_were() -> None:
    said: Attributes = {
        "text": "求和",
        "number": 2**40,
        "share": 0.5,
        "yes": True,
        "no": False,
    }

    found = values_of(key_values(said))

    assert found == said
    assert [type(each) for each in found.values()] == [str, int, float, bool, bool]
    assert values_of(resource({"service.name": "calc"}).attributes) == {
        "service.name": "calc"
    }


def test_the_scope_is_this_program() -> None:
    assert scope().name == "protocol-inspect"
    assert scope().version
