"""The command: which exchange it shows, and what it says where there is none."""

from __future__ import annotations

import gzip
import shlex
from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import ROOT, SEED, pcap_bytes
from tests.inspector.carriers.pigeons import flight, pigeons
from tests.inspector.command import run, spawn
from tests.inspector.conversation import CLIENT, SERVER, Wire, failure, response

if TYPE_CHECKING:
    from pathlib import Path

SLOW = ROOT / "tests" / "data" / "cases" / "slow.pcap.gz"
AUTH = ROOT / "captures" / "auth-gateway-nest12.pcap"


def _numbers(*arguments: str | Path) -> list[int]:
    return [line["number"] for line in run("show", *arguments, "--json").lines]


def test_an_exchange_is_named_by_its_number_as_views_write_it() -> None:
    assert _numbers(SLOW, "422") == _numbers(SLOW, "#422") == [422]


def test_it_is_chosen_by_what_holds_for_it() -> None:
    failed = [
        line["number"]
        for line in run("exchanges", AUTH, "--json").lines
        if line["outcome"] in {"error", "no_handler"}
    ]

    assert _numbers(SLOW, "--slowest") == [422]
    assert _numbers(AUTH, "--first-error") == failed[:1]
    assert _numbers(SLOW, "--where", "latency > 1s") == [422]
    assert _numbers(SLOW, "--grep", "tr-00421") == [422]
    stock = run("exchanges", SLOW, "--where", 'route == "cmd:stock.reserve"', "--json")
    slowest = max(stock.lines, key=lambda line: line["latency_ns"] or 0)
    wanted = ["--where", 'route == "cmd:stock.reserve"', "--slowest"]
    assert _numbers(SLOW, *wanted) == [slowest["number"]]


def test_a_number_that_there_is_not_says_which_there_are(tmp_path: Path) -> None:
    outcome = run("show", SLOW, "601")
    wire = Wire()
    wire.connect().ask("a", "1").answer("1", 1)
    one = tmp_path / "one.pcap"
    one.write_bytes(pcap_bytes(wire.records))

    assert (outcome.code, outcome.out) == (2, "")
    assert "exchange 601: no such exchange; there are #1 to #600" in outcome.err
    assert "the only one is #1" in run("show", one, "2").err


def test_nothing_that_is_chosen_is_no_failure() -> None:
    calm = run("show", SEED, "--first-error")
    none = run("show", SEED, "--where", 'route == "nope"')

    assert (calm.code, calm.out) == (0, "")
    assert "no call failed" in calm.err
    assert (none.code, none.out) == (0, "")
    assert "--where: " in none.err


@pytest.mark.parametrize(
    "arguments", [[], ["422", "--slowest"], ["422", "--where", "latency > 1s"]]
)
def test_exactly_one_way_to_name_it_is_given(arguments: list[str]) -> None:
    outcome = run("show", SLOW, *arguments)

    assert (outcome.code, outcome.out) == (2, "")
    assert "number" in outcome.err


@pytest.mark.parametrize("arguments", [["422"], ["--slowest"]])
def test_a_capture_comes_by_stdin(arguments: list[str]) -> None:
    outcome = spawn("show", "-", *arguments, stdin=gzip.decompress(SLOW.read_bytes()))
    shown = outcome.stdout.decode()

    assert (outcome.returncode, outcome.stderr) == (0, b"")
    assert shown.startswith("#422  cmd:orders.create   3.22 s   stdin\n")
    assert shown.endswith("next     save the capture to a file to look further\n")


def test_of_several_files_numbers_go_on() -> None:
    lines = run("exchanges", SEED, AUTH, "--json").lines
    last = lines[-1]
    (shown,) = run("show", SEED, AUTH, str(last["number"]), "--json").lines

    assert {key: shown[key] for key in last} == last


def test_what_is_hidden_is_hidden_everywhere() -> None:
    for options in ([], ["--raw"], ["--json"]):
        shown = run("show", AUTH, "5", "--redact", "password", *options).out
        assert "a guess" not in shown
        assert "xxxxxxx" in shown
        assert "\nagain " not in shown
    assert "\nagain " in run("show", AUTH, "5").out


def test_a_subset_has_the_packets_of_that_exchange(tmp_path: Path) -> None:
    subset = tmp_path / "one.pcapng"
    run("show", SLOW, "422", "--write", subset)
    (line,) = run("exchanges", subset, "--json").lines

    assert line["data"]["traceId"] == "tr-00421"


def test_the_exchange_of_another_carrier_is_not_called_again(tmp_path: Path) -> None:
    capture = tmp_path / "flight.pcap"
    capture.write_bytes(pcap_bytes(flight().records))
    with pigeons():
        outcome = run("show", capture, "1")

    assert outcome.code == 0
    assert "► request" in outcome.out
    assert "again" not in outcome.out


def _failing(folder: Path, name: str) -> Path:
    wire = Wire()
    call = wire.connect()
    for number in range(12):
        call.ask("pay", str(number)).send(SERVER, failure(str(number), "no"))
    capture = folder / name
    capture.write_bytes(pcap_bytes(wire.records))
    return capture


@pytest.mark.parametrize("name", ["a.pcap", "it's a b.pcap", "-x.pcap", "求.pcap"])
def test_the_command_that_the_report_ends_with_runs_as_it_stands(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _failing(tmp_path, name)
    monkeypatch.chdir(tmp_path)
    given = ["--", name] if name.startswith("-") else [name]
    typed = run("report", *given).out.splitlines()[-1].removeprefix("next     ")
    program, *arguments = shlex.split(typed)
    outcome = run(*arguments)

    assert (program, arguments[0]) == ("protocol-inspect", "show")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("#1  pay")
    following = outcome.out.splitlines()[-1].removeprefix("next     ")
    assert run(*shlex.split(following)[1:]).code == 0


def test_the_report_leads_to_the_slow_call() -> None:
    typed = run(SLOW).out.splitlines()[-1]

    assert typed == f"next     protocol-inspect show {shlex.quote(str(SLOW))} 422"


def test_a_thousand_replies_fit_on_some_screens(tmp_path: Path) -> None:
    wire = Wire()
    call = wire.connect().ask("stream", "1")
    for value in range(1000):
        call.send(SERVER, response("1", value, last=value == 999)).ack(CLIENT)
    capture = tmp_path / "stream.pcap"
    capture.write_bytes(pcap_bytes(wire.records))

    assert len(run("show", capture, "1").out.splitlines()) < 100
    assert len(run("show", capture, "1", "--full").out.splitlines()) > 4000
