"""A card as JUnit XML, as CI systems read test results."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from protocol.lazy_regex import lazy_regex

from .card import Outcome

if TYPE_CHECKING:
    from .card import Card, Result

_NOT_XML = lazy_regex("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(card: Card) -> bytes:
    """Return a test suite with a case for each check.

    What failed is a failure, what was not tried is skipped; advice is in the output of
    a case that passes.
    """
    suite = ET.Element(
        "testsuite",
        name=f"conformance.{card.side}",
        tests=str(len(card.results)),
        failures=str(card.count(Outcome.FAILED)),
        errors="0",
        skipped=str(card.count(Outcome.UNTRIED)),
    )
    for result in card.results:
        _add_case(suite, card.side, result)
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _add_case(suite: ET.Element, side: str, result: Result) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        classname=f"conformance.{side}",
        name=result.check.name,
    )
    if result.outcome is Outcome.UNTRIED:
        ET.SubElement(case, "skipped", message=_plain(result.reason))
    elif result.outcome is Outcome.FAILED:
        failure = ET.SubElement(case, "failure", message=_plain(result.reason))
        failure.text = _plain(_evidence(result))
    elif result.reason:
        ET.SubElement(case, "system-out").text = _plain(
            f"advice: {result.reason}\n{_evidence(result)}"
        )


def _evidence(result: Result) -> str:
    return (
        f"claim: {result.check.claim}\n"
        f"sent: {result.sent}\n"
        f"came: {result.came}\n"
        f"Nest: {result.check.nest}\n"
        f"see: {result.check.specification}"
    )


def _plain(text: str) -> str:
    """Return a text without what XML 1.0 has no way to write."""
    return _NOT_XML.sub("\ufffd", text)
