"""The report as a JUnit file, which systems of continuous integration show as tests.

A condition of ``--fail-on`` is a test that fails where the run fails by it. A finding
that is an error is a test that fails; warnings and notes are tests that pass, and say
what they found.

Source: the schema of Jenkins' xunit plugin, ``jenkins-junit.xsd``, of which only what
other readers know as well is used. XML 1.0, section 2.2: which characters it can have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from inspector.figures.health import assess
from inspector.figures.health_words import judge_health
from inspector.findings.finding import Severity
from inspector.views.finding_words import findings_said
from inspector.views.output_format import Format, registered
from inspector.views.rendering import safe
from protocol.lazy_regex import lazy_regex

if TYPE_CHECKING:
    from inspector.figures.report import Report
    from inspector.views.output_format import Found

_PROGRAM = "protocol-inspect"
_NOT_IN_XML = lazy_regex("[\ufffe\uffff]")


@registered("a test suite in XML")
class Junit(Format):
    """A suite of the conditions, and one of the findings."""

    def report(self, found: Found) -> None:
        """Write the file once all is read."""
        found.read()
        suites = ET.Element("testsuites", name=_PROGRAM)
        _add_gates(suites, found)
        _add_findings(suites, found.report())
        _count(suites, list(suites.iter("testcase")))
        ET.indent(suites)
        self.write_line(ET.tostring(suites, "utf-8", xml_declaration=True))


def _add_gates(suites: ET.Element, found: Found) -> None:
    suite = ET.SubElement(suites, "testsuite", name="conditions")
    for gate in found.gates():
        case = _add_case(suite, gate.name)
        if gate.failure:
            _add_failure(case, "--fail-on", gate.failure, gate.failure)
    _count(suite, list(suite))


def _add_findings(suites: ET.Element, report: Report) -> None:
    suite = ET.SubElement(suites, "testsuite", name="findings")
    for said in findings_said(report):
        case = _add_case(suite, said.code)
        words = f"{said.headline}. {said.cause}\nfix: {said.fix}"
        if said.severity is Severity.ERROR:
            _add_failure(case, said.code, said.headline, words)
        else:
            _add_text(case, "system-out", f"{said.severity}: {words}")
    _count(suite, list(suite))
    judged = judge_health(report, assess(report))
    if judged is not None:
        _add_text(suite, "system-out", f"{judged.mark} {judged.sentence}")


def _add_case(suite: ET.Element, name: str) -> ET.Element:
    classname = f"{_PROGRAM}.{suite.get('name')}"
    return ET.SubElement(suite, "testcase", name=_text(name), classname=classname)


def _add_failure(case: ET.Element, kind: str, message: str, words: str) -> None:
    failure = ET.SubElement(case, "failure", type=kind, message=_text(message))
    failure.text = _text(words)


def _add_text(parent: ET.Element, tag: str, words: str) -> None:
    ET.SubElement(parent, tag).text = _text(words)


def _count(suite: ET.Element, cases: list[ET.Element]) -> None:
    suite.set("tests", str(len(cases)))
    suite.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    suite.set("errors", "0")


def _text(words: str) -> str:
    """Return words with what XML cannot have, or a terminal obeys, as escapes."""
    lines = (safe(line) for line in words.split("\n"))
    return _NOT_IN_XML.sub("\ufffd", "\n".join(lines))
