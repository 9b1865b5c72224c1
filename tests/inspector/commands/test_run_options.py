"""What is chosen: exchanges by an expression, and conditions that fail the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.carriers.registry import OURS
from inspector.commands.run_options import RunOptions
from tests.inspector.captures import OWN, SEED, SHOWCASE, pcap_bytes
from tests.inspector.command import run, spawn
from tests.inspector.conversation import Wire, inspected
from tests.inspector.traces import TRACES
from tests.inspector.views.formats.written import opened

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("command", [[], ["exchanges"]], ids=["report", "exchanges"])
def test_only_the_chosen_exchanges_are_told(command: list[str]) -> None:
    chosen = run(*command, SHOWCASE, "--json", "--where", 'route == "tick"').lines
    all_of_them = run("exchanges", SHOWCASE, "--json").lines

    assert [line for line in chosen if line["type"] == "exchange"] == [
        line for line in all_of_them if line["route"] == "tick"
    ]


def test_findings_and_totals_are_those_of_the_chosen_exchanges() -> None:
    *items, summary = run(SHOWCASE, "--json", "--where", 'outcome == "error"').lines
    numbers = {item["number"] for item in items if item["type"] == "exchange"}
    everything = run(SHOWCASE, "--json").lines[-1]

    assert summary["messages"] == summary["errors"] == len(numbers) > 0
    assert {item["exchange"] for item in items if item["type"] == "finding"} <= numbers
    for total in ("packet_records", "data_packets", "pure_acks", "frames"):
        assert summary[total] == everything[total]


def test_the_report_still_adds_up() -> None:
    shown = run(SEED, "--where", 'kind == "event"').out

    assert "✓ Every event took 1 packet." in shown
    assert "all else" in shown
    assert "= 36 packets" in shown


def test_several_expressions_all_have_to_hold() -> None:
    both = run("exchanges", SEED, "--where", "number > 2", "--where", "number < 5").out

    assert [line.split()[0] for line in both.splitlines()[1:]] == ["#3", "#4"]


def test_an_expression_that_nothing_fits_lists_nothing() -> None:
    outcome = run("exchanges", SEED, "--where", "false")

    assert (outcome.code, outcome.out) == (0, "")
    assert "--where: selected none of" in outcome.err


@pytest.mark.parametrize(
    ("option", "text", "message"),
    [
        ("--where", 'rout == "x"', "--where: no field 'rout', did you mean route?"),
        ("--fail-on", "unanswered >", "--fail-on: ends at character 12"),
    ],
)
def test_an_expression_without_meaning_is_one_line_and_no_output(
    option: str, text: str, message: str
) -> None:
    outcome = run("exchanges", SEED, option, text)

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"protocol-inspect: {message}")
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize("command", [[], ["exchanges"]], ids=["report", "exchanges"])
def test_a_condition_that_holds_fails_the_run_with_a_line_each(
    command: list[str],
) -> None:
    conditions = ["--fail-on", "events > 4", "--fail-on", 'p99("sum") > 1h']
    conditions += ["--fail-on", 'count("log") == 5']
    outcome = run(*command, SEED, *conditions)

    assert outcome.code == 1
    assert outcome.out == run(*command, SEED).out
    assert outcome.err == (
        "protocol-inspect: --fail-on: events > 4 holds: events is 5\n"
        'protocol-inspect: --fail-on: count("log") == 5 holds: count("log") is 5\n'
    )


def test_conditions_are_about_the_chosen_exchanges() -> None:
    chosen = ["--where", 'route == "sum"']

    assert run(SEED, *chosen, "--fail-on", "events > 0").code == 0
    assert run(SEED, *chosen, "--fail-on", "count() == 5").code == 1


def test_a_damaged_capture_fails_with_its_own_code(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    cut = tmp_path_factory.mktemp("cut") / "cut.pcap"
    cut.write_bytes(SEED.read_bytes()[:-100])
    outcome = run(cut, "--fail-on", "messages > 0")

    assert outcome.code == 3
    assert len(outcome.err.splitlines()) == 2


def test_lark_is_loaded_for_expressions_only() -> None:
    plain = spawn(OWN[0], environment={"PYTHONPROFILEIMPORTTIME": "1"}).stderr
    asked = spawn(
        OWN[0], "--where", "true", environment={"PYTHONPROFILEIMPORTTIME": "1"}
    ).stderr

    assert b"| lark" not in plain
    assert b" lark" not in plain
    assert b"lark" in asked


@pytest.mark.parametrize(
    ("version", "severity"), [("10", "warning"), ("11", "warning"), ("12", "note")]
)
def test_findings_are_judged_by_the_version_that_is_named(
    version: str, severity: str, tmp_path: Path
) -> None:
    capture = tmp_path / "stream.pcap"
    records = TRACES["undefined-in-stream"].triggers().records
    capture.write_bytes(pcap_bytes(records))
    lines = run(capture, "--json", "--nest", version).lines
    (finding,) = (line for line in lines if line["type"] == "finding")

    assert (finding["code"], finding["severity"]) == ("undefined-in-stream", severity)


def test_an_unknown_version_is_a_usage_error() -> None:
    outcome = run(SEED, "--nest", "9")

    assert outcome.code == 2
    assert len(outcome.err.splitlines()) == 1


def test_a_port_is_read_by_the_carrier_that_is_named() -> None:
    """On port 3000 of the capture somebody speaks HTTP, which it stays all the same."""
    plain = run(SEED, "--json")
    forced = run(SEED, "--json", "--carrier", "tcp:3000")

    assert run(SEED, "--json", "--carrier", "tcp:8888") == plain
    assert run(SEED, "--json", "--port", "3000") == forced
    for key in ("connections", "other_connections"):
        assert forced.lines[-1][key] == plain.lines[-1][key] > 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pigeon:4222", f"no carrier 'pigeon'; there are {', '.join(OURS)}"),
        ("tcp", "'tcp' is not NAME:PORT, such as tcp:8888"),
        ("tcp:", "'tcp:' is not NAME:PORT, such as tcp:8888"),
        ("tcp:0", "'tcp:0' is not NAME:PORT, such as tcp:8888"),
        ("tcp:65536", "'tcp:65536' is not NAME:PORT, such as tcp:8888"),
        ("8888:tcp", "'8888:tcp' is not NAME:PORT, such as tcp:8888"),
    ],
)
def test_a_carrier_that_there_is_not_is_a_usage_error(text: str, message: str) -> None:
    outcome = run("exchanges", SEED, "--carrier", text)

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        f"protocol-inspect: Invalid value for '--carrier': {message}\n"
    )


def test_options_are_narrowed_to_what_is_chosen_besides() -> None:
    wire = Wire()
    wire.connect().emit("a", 1).emit("b", 2).emit("b", 3)
    exchanges = inspected(wire.records).exchanges
    options = RunOptions(opened("json")[0])
    narrow = options.narrowed(lambda each: each.route == "b")
    narrower = narrow.narrowed(lambda each: each.number < 3, lambda _: True)

    assert options.where is options.narrowed().where is None
    assert narrow.narrowed().where is narrow.where
    assert narrow.where is not None
    assert narrower.where is not None
    assert list(map(narrow.where, exchanges)) == [False, True, True]
    assert list(map(narrower.where, exchanges)) == [False, True, False]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--where", "false", "--fail-on", "unanswered > 0"], "no exchange to judge"),
        (["--fail-on", 'p99("nope") > 1h'], 'No exchange has route "nope"'),
    ],
)
def test_a_gate_with_nothing_to_judge_is_closed(
    arguments: list[str], reason: str
) -> None:
    closed = run(SEED, *arguments)

    assert closed.code == 1
    assert f"--fail-on: {reason}" in closed.err
    assert run(SEED, *arguments, "--allow-empty").code == 0


def test_a_gate_can_ask_for_findings() -> None:
    findings = [x for x in run(SHOWCASE, "--json").lines if x["type"] == "finding"]
    condition = f'finding("{findings[0]["code"]}") > 0'

    assert run("exchanges", SHOWCASE, "--fail-on", condition).code == 1
