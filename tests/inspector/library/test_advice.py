from __future__ import annotations

import pickle
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from inspector import Findings, Severity, inspect
from protocol import loads
from tests.inspector.captures import CAPTURES, ROOT, SEED, SHOWCASE, name_of
from tests.inspector.command import run
from tests.inspector.conversation import Records, Wire, inspected
from tests.inspector.traces import TRACES
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_a_finding_of_a_capture_says_what_its_json_line_says(capture: Path) -> None:
    lines = map(loads, run(capture, "--json").out.splitlines())
    found = [line for line in lines if line["type"] == "finding"]

    assert [each.to_dict() for each in inspect(capture).findings] == found


@pytest.mark.parametrize("code", TRACES)
def test_a_finding_of_a_trace_says_what_its_json_line_says(
    code: str, tmp_path: Path
) -> None:
    records = TRACES[code].triggers().records
    found = inspected(records).finding_lines
    keylog = tmp_path / "keys.log"
    keylog.touch()
    secret = isinstance(records, Records) and records.keylog is not None
    seen = inspect(
        records,
        keylog=[keylog] if secret else [],
        protos=records.protos if isinstance(records, Records) else (),
    )

    assert [each.to_dict() for each in seen.findings] == found


def test_a_finding_has_its_words_and_its_place() -> None:
    finding = inspect(SHOWCASE).findings[0]

    assert (finding.code, finding.severity) == ("masked-error", Severity.WARNING)
    assert finding.message == "“Internal server error” instead of what fail threw"
    assert finding.hint.startswith("throw an RpcException")
    assert (finding.connection, finding.sender, finding.packet) == (1, "server", 37)
    assert (finding.exchange, finding.route) == (6, "fail")
    assert finding.carrier == "tcp"


def test_findings_are_values() -> None:
    findings = inspect(SHOWCASE).findings

    assert pickle.loads(pickle.dumps(findings)) == findings  # noqa: S301
    assert len(set(findings)) == 4
    with pytest.raises(AttributeError):
        findings[0].code = "fine"  # type: ignore[misc]


def test_a_finding_reads_as_a_line_and_a_list_of_them_as_lines() -> None:
    findings = inspect(SHOWCASE).findings
    line = (
        "warning nagle-stall (packet 112, #102 square): "
        "a reply waited 42.3 ms for a delayed ACK"
    )

    assert str(findings[2]) == line
    assert repr(findings[2]) == f"<Finding {line}>"
    assert repr(findings).splitlines()[0] == "4 findings"
    assert repr(findings).splitlines()[3] == f"  {line}"
    assert repr(Findings()) == "no findings"


def test_a_finding_of_no_exchange_names_the_packet_alone() -> None:
    findings = inspect(TRACES["capture-gap"].triggers().records).findings
    finding = next(each for each in findings if each.exchange is None)

    assert str(finding).startswith(f"{finding.severity} {finding.code} (packet ")
    assert "#" not in str(finding)


def test_no_findings_are_an_empty_list() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1").answer("1", 2).close()

    assert not inspect(wire.records).findings
    assert inspect(wire.records).findings == []


_CHECK = """
from inspector import inspect

def test_nothing_is_found():
    seen = inspect({capture!r})
    assert not seen.findings, seen.findings
"""


def test_a_failed_assertion_shows_what_was_found(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(_CHECK.format(capture=str(SEED)))
    failed = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path],
        check=False,
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        timeout=PATIENCE,
    )

    assert failed.returncode == 1
    assert "AssertionError: 4 findings\n" in failed.stdout
    assert "warning nagle-stall (packet 27, #4 sum): a request w" in failed.stdout


def test_a_finding_over_a_broker_has_the_subject_of_its_exchange() -> None:
    findings = inspect(ROOT / "captures" / "nats" / "nats-nest12.pcap").findings
    channels = {each.code: each.channel for each in findings}

    assert channels["nobody-subscribed"] == "nope"
    assert all(each.channel is None for each in inspect(SHOWCASE).findings)
