"""A card as CI systems read it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from inspector.conformance.card import Card, Check, Outcome, Result
from inspector.conformance.junit import junit

_CHECK = Check("unit", "Counts", "the-unit", "counts")


def test_each_check_is_a_case() -> None:
    results = [
        Result(_CHECK, Outcome.PASSED),
        Result(_CHECK, Outcome.FAILED, "a \x00 <byte>", "s", "c"),
        Result(_CHECK, Outcome.ADVISED, "odd"),
        Result(_CHECK, Outcome.UNTRIED, "needs more"),
    ]
    root = ET.fromstring(junit(Card("server", "here", results)))  # noqa: S314 — ours

    suite = root.find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == (
        "4",
        "1",
        "1",
    )
    passed, failed, advised, untried = suite
    assert list(passed) == []
    assert failed[0].tag == "failure"
    assert failed[0].get("message") == "a \ufffd <byte>"
    assert "see: docs/wire-format.md#the-unit" in (failed[0].text or "")
    assert (advised[0].tag, untried[0].tag) == ("system-out", "skipped")
