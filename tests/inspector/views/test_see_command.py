"""The commands that show what findings are about."""

from __future__ import annotations

import shlex

import pytest

from inspector.findings.catalogue import rules
from inspector.views.finding_order import sorted_groups
from inspector.views.report_view import report_lines
from inspector.views.see_command import (
    is_command,
    see_lines,
    see_words,
    worth_a_command,
)
from inspector.views.shell_words import program
from tests.inspector.captures import SHOWCASE
from tests.inspector.command import run
from tests.inspector.conversation import SERVER, Wire, failure, inspected
from tests.inspector.scenes import NOBODY

_PROGRAM = program()


def _troubled(*errors: str) -> Wire:
    wire = Wire()
    call = wire.connect()
    for number, error in enumerate(errors):
        reply = failure(str(number), error) if error else NOBODY
        call.ask("sum", "1" if not error else str(number)).send(SERVER, reply)
    return wire


def _lines(wire: Wire, *captures: str, width: int = 200) -> list[str]:
    report = inspected(wire.records).report
    lines = report_lines(report, captures or ["a b.pcap"], width)
    return [line.plain for line in lines if "see  " in line.plain]


def test_errors_and_warnings_have_a_command_where_they_are_several() -> None:
    assert _lines(_troubled("no")) == []  # the report ends with its command
    assert _lines(_troubled("no", ""), "-") == []
    no_handler, thrown = _lines(_troubled("no", ""))

    assert no_handler.split("see  ")[1] == (
        f"{_PROGRAM} exchanges 'a b.pcap' --where 'outcome == \"no_handler\"'"
    )
    assert thrown.endswith("--fields 'number, route, err'")


def test_a_report_says_no_command_twice() -> None:
    wire = _troubled("no", "")
    seen = [*_lines(wire), *_lines(wire)]

    assert len(set(seen)) == 2


def test_notes_have_none() -> None:
    wire = _troubled("no", "")
    wire.connect(client="10.0.0.9:1").close()
    groups = sorted_groups(inspected(wire.records).report)

    assert [each.first.code for each in groups][-1] == "empty-connection"
    assert len(worth_a_command(groups)) == len(groups) - 1 == 2


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("value-after-end", ["follow x.pcap", "3"]),
        ("nagle-stall", ["ladder x.pcap", "--connection 3"]),
        ("slow-call", ["exchanges x.pcap", "--sort latency", "--limit 5"]),
        ("one-direction", []),
    ],
)
def test_the_capture_comes_after_the_command(code: str, words: list[str]) -> None:
    finding = inspected(_troubled("no").records).findings[0]
    finding.rule = rules()[code]
    finding.connection.number = 3
    shown = see_words(finding, "x.pcap")

    assert see_words(finding, "") == []
    assert [each.removeprefix(f"{_PROGRAM} ") for each in shown][: len(words)] == words


def test_a_command_that_is_too_wide_goes_on_in_the_next_line() -> None:
    words = ["p exchanges x.pcap", "--sort latency", "--limit 5"]
    whole, narrow = list(see_lines(words, 80, 2)), list(see_lines(words, 30, 2))

    assert [line.plain for line in whole] == ["  see  " + " ".join(words)]
    assert [line.plain for line in narrow] == [
        "  see  p exchanges x.pcap \\",
        "       --sort latency \\",
        "       --limit 5",
    ]
    assert all(map(is_command, [*whole, *narrow]))
    assert list(see_lines([], 80, 2)) == []


def test_the_commands_on_the_screen_can_be_run() -> None:
    shown = run(SHOWCASE).out.replace(" \\\n", " ").splitlines()
    commands = [line.split("see  ")[1] for line in shown if "  see  " in line]

    assert len(commands) == 4
    for command in commands:
        program_name, *arguments = shlex.split(command)
        assert program_name.endswith("protocol-inspect")
        assert run(*arguments).code == 0
