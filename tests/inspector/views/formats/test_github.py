"""Annotations: each is one command on one line, whatever a capture says."""

from __future__ import annotations

import re

import pytest

from inspector.filters.conditions import Gate
from inspector.views.formats.github import Github
from tests.inspector.captures import CAPTURES, name_of, pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import SERVER, Wire, failure
from tests.inspector.views.formats.hostile import hostile
from tests.inspector.views.formats.written import Read, opened

_COMMAND = re.compile(r"::(error|warning|notice) title=([^:,\r\n]+)::([^\r\n]+)")


def _commands(wire: Wire, *gates: Gate) -> list[tuple[str, str, str]]:
    form, written = opened("github")
    form.report(Read(wire.records, gates))
    lines = written.text.split("\n")
    assert lines.pop() == ""
    matched = [_COMMAND.fullmatch(line) for line in lines]
    return [(each[1], each[2], each[3]) for each in matched if each is not None]


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_every_line_is_a_command(capture: str) -> None:
    outcome = run(capture, "--format", "github")

    assert outcome.code == 0
    for line in outcome.out.splitlines():
        assert _COMMAND.fullmatch(line)


def test_conditions_stand_first_then_health_then_findings() -> None:
    wire = Wire()
    wire.connect().ask("a", "1", {"password": "x"}).answer("1", 1)
    commands = _commands(wire, Gate("b > 0", "b > 0 holds: b is 1"), Gate("c > 0", ""))

    assert commands[0] == ("error", "--fail-on", "b > 0 holds: b is 1")
    assert commands[1][:2] == ("notice", "health")
    assert commands[-1][:2] == ("warning", "credentials")
    assert len(commands) == 3


def test_health_that_fails_is_an_error() -> None:
    wire = Wire()
    wire.connect().ask("a", "1").send(SERVER, failure("1", "no"))

    assert _commands(wire)[0][:2] == ("error", "health")


def test_no_text_begins_a_command_or_ends_a_property() -> None:
    form, written = opened("github")
    form.report(Read(hostile().records, [Gate("x", "100%\r\n::error::y")]))
    lines = written.text.rstrip("\n").split("\n")

    assert all(_COMMAND.fullmatch(line) for line in lines)
    assert "%25" in lines[0]
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202e]", written.text)


def test_percent_is_escaped_once() -> None:
    wire = Wire()
    wire.connect().ask("a", "1").answer("1", 1)

    assert _commands(wire, Gate("x", "50%0A"))[0][2] == "50%250A"


def test_it_serves_the_report_alone_and_conditions_decide_the_code(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    capture = tmp_path_factory.mktemp("c") / "a.pcap"
    capture.write_bytes(pcap_bytes(hostile().records))

    assert Github.served() == ["report"]
    for condition, code in (("errors > 0", 1), ("errors < 0", 0)):
        for form in ("github", "junit", "markdown", "table"):
            outcome = run(capture, "--format", form, "--fail-on", condition)
            assert outcome.code == code
