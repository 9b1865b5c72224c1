"""A JUnit file: its schema, and what is a test."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from inspector.filters.conditions import Gate
from inspector.views.formats.junit import Junit
from tests.inspector.captures import CAPTURES, name_of, pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import Wire
from tests.inspector.views.formats.hostile import TEXTS, hostile
from tests.inspector.views.formats.written import Read, opened

_COUNTS = {"tests", "failures", "errors"}
# jenkins-junit.xsd: attributes that must be there, that may be, and children in order.
_SCHEMA: dict[str, tuple[set[str], set[str], list[str]]] = {
    "testsuites": (set(), {"name", *_COUNTS}, ["testsuite"]),
    "testsuite": (
        {"name", "tests"},
        _COUNTS,
        ["properties", "testcase", "system-out", "system-err"],
    ),
    "testcase": (
        {"name", "classname"},
        set(),
        ["skipped", "error", "failure", "system-out", "system-err"],
    ),
    "failure": (set(), {"type", "message"}, []),
    "system-out": (set(), set(), []),
}


def _read(text: str) -> ET.Element:
    """Return a file that the schema allows."""
    root = ET.fromstring(text)  # noqa: S314 — our own
    assert root.tag == "testsuites"
    for element in root.iter():
        needed, allowed, children = _SCHEMA[element.tag]
        assert needed <= set(element.attrib) <= needed | allowed
        order = [children.index(child.tag) for child in element]
        assert order == sorted(order)
    for suite in (root, *root.findall("testsuite")):
        cases = list(suite.iter("testcase"))
        failed = [case for case in cases if case.find("failure") is not None]
        assert suite.get("tests") == str(len(cases))
        assert suite.get("failures") == str(len(failed))
    return root


def _written(wire: Wire, *gates: Gate) -> ET.Element:
    form, written = opened("junit")
    form.report(Read(wire.records, gates))
    return _read(written.text)


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_the_schema_holds_and_every_finding_is_a_test(capture: str) -> None:
    outcome = run(capture, "--format", "junit")
    codes = {
        line["code"]
        for line in run(capture, "--json").lines
        if line["type"] == "finding"
    }
    suite = _read(outcome.out).findall("testsuite")[1]

    assert outcome.code == 0
    assert {case.get("name") for case in suite.iter("testcase")} == codes


def test_a_condition_is_a_test_that_fails_as_the_run_does() -> None:
    wire = Wire()
    wire.connect().ask("a", "1").answer("1", 1)
    root = _written(wire, Gate("a > 0", "a > 0 holds"), Gate("b < 1", ""))
    cases = list(root.findall("testsuite")[0])

    assert [case.get("name") for case in cases] == ["a > 0", "b < 1"]
    failures = [case.find("failure") for case in cases]
    assert failures[0] is not None
    assert failures[0].get("message") == "a > 0 holds"
    assert failures[1] is None


def test_errors_fail_and_warnings_say_what_they_found() -> None:
    suite = _written(hostile()).findall("testsuite")[1]
    cases = {str(case.get("name")): case for case in suite.iter("testcase")}

    assert cases["failing-pattern"].find("failure") is not None
    passed = [case for case in cases.values() if case.find("failure") is None]
    assert passed
    assert all(case.find("system-out") is not None for case in passed)


def test_a_text_is_no_tag_and_no_character_that_xml_cannot_have() -> None:
    gates = [Gate(text, f"{text} holds") for text in TEXTS]
    root = _written(hostile(), *gates)
    suite = root.findall("testsuite")[0]

    assert len(list(suite)) == len(TEXTS)
    assert root.find(".//script") is None
    assert next(iter(suite)).get("name") == TEXTS[0]


@pytest.mark.parametrize("nothing", [True, False])
def test_it_is_a_file_without_traffic_and_without_calls(
    tmp_path_factory: pytest.TempPathFactory, *, nothing: bool
) -> None:
    wire = Wire()
    if not nothing:
        wire.connect().emit("log", 1)
    capture = tmp_path_factory.mktemp("c") / "a.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    outcome = run(capture, "--format", "junit", "--fail-on", "errors > 0")
    root = _read(outcome.out)

    assert outcome.code == int(nothing)
    failed = root.find(".//failure")
    assert (failed is not None) is nothing
    if failed is not None:
        assert "no exchange to judge" in str(failed.get("message"))


def test_it_serves_the_report_alone() -> None:
    assert Junit.served() == ["report"]
