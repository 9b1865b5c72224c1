from __future__ import annotations

from inspector.findings.broker_words import objection_in
from inspector.findings.nats_words import NATS_OBJECTIONS
from tests.inspector.findings.test_objections import hidden


def test_each_is_found_by_how_it_begins_in_small_letters() -> None:
    assert not hidden(NATS_OBJECTIONS)
    for each in NATS_OBJECTIONS:
        assert each.begins == each.begins.lower()
        assert objection_in(each.begins.upper(), "nats") is each
