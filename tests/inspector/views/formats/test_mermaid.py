"""A sequence diagram: its grammar, and who speaks to whom."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import CAPTURES, ROOT, name_of, pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import Wire
from tests.inspector.over_nats import Broker, called

if TYPE_CHECKING:
    from pathlib import Path

_LINE = re.compile(
    r"    (?:participant p\d+ as [^;]+|p\d+(?:->>|-\)|-->>|--\))p\d+: .+"
    r"|Note over p\d+,p\d+: .+)"
)
_MAP = ("services", "--format", "mermaid")


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_every_line_is_of_the_grammar_and_every_speaker_is_declared(
    capture: Path,
) -> None:
    first, *lines = run("ladder", capture, "--mermaid").out.splitlines()
    declared: set[str] = set()

    assert first == "sequenceDiagram"
    for line in lines:
        assert _LINE.fullmatch(line), line
        if "participant" in line:
            declared.add(line.split()[1])
        else:
            assert set(re.findall(r"\bp\d+\b", line.partition(":")[0])) <= declared


def test_a_call_and_its_reply() -> None:
    two = ROOT / "captures" / "two-services-nest12.pcap"
    lines = run("ladder", two, "--mermaid", "--name", "8888=calc").out.splitlines()

    assert "    participant p2 as calc :8888" in lines
    assert "    p0->>p2: sum [1,2,3] #35;2" in lines
    assert "    p2-->>p0: 6 #35;2" in lines
    assert any(line.startswith("    p0-)p1: log") for line in lines)


def test_what_has_a_meaning_in_mermaid_is_coded(tmp_path: Path) -> None:
    wire = Wire()
    wire.connect().emit("a;b#c<d>", "x" * 100)
    capture = tmp_path / "talk.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    line = run("ladder", capture, "--mermaid").out.splitlines()[-1]

    assert "a#59;b#35;c#lt;d#gt;" in line
    assert "…" in line


@pytest.mark.parametrize("command", [("ladder", "--mermaid"), _MAP])
def test_no_text_of_a_capture_or_a_name_is_a_directive(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    directive = "%%{init: {'theme': 'dark'}}%%"
    wire = Wire()
    wire.connect().emit(directive, directive)
    capture = tmp_path / "talk.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    out = run(command[0], capture, *command[1:], "--name", f"10.0.0.1={directive}").out

    assert "#37;#37;{init" in out
    assert "%" not in out


def test_peers_of_a_broker_with_the_same_port_are_told_apart(tmp_path: Path) -> None:
    broker = Broker()
    worker = broker.worker("sum", endpoint="10.0.0.1:5000")
    called(broker.peer("10.0.0.2:5000"), worker, value=1)
    capture = tmp_path / "nats.pcap"
    capture.write_bytes(pcap_bytes(broker.wire.records))
    lines = run("ladder", capture, "--mermaid").out.splitlines()

    assert [line.strip() for line in lines if "participant" in line] == [
        "participant p0 as client 10.0.0.1:5000",
        "participant p1 as NATS :4222",
        "participant p2 as client 10.0.0.2:5000",
    ]
    assert "    p2->>p1: sum #35;1" in lines
    assert "    p1->>p0: sum #35;1" in lines
