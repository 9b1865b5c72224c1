"""The command: its arguments, its pipes, its terminal."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import warnings
from subprocess import PIPE, Popen
from typing import TYPE_CHECKING

import pytest

from inspector import cli
from inspector.sources.files import read_capture
from tests.inspector.captures import OWN, ROOT, SEED, SHOWCASE, pcap_bytes
from tests.inspector.command import PROGRAM, run, spawn
from tests.inspector.conversation import CLIENT, Wire
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path


def test_an_argument_that_is_no_command_is_a_capture() -> None:
    assert run(SEED).out == run("report", SEED).out
    assert run("--json", SEED).out == run(SEED, "--json").out


def test_the_lines_of_a_capture_are_exchanges_findings_and_one_summary() -> None:
    kinds = [line["type"] for line in run(SHOWCASE, "--json").lines]

    assert set(kinds[:-1]) == {"exchange", "finding"}
    assert kinds[-1] == "summary"
    assert kinds.count("summary") == 1


def test_the_lines_of_exchanges_are_exchanges_alone_and_the_same() -> None:
    alone = run("exchanges", SHOWCASE, "--json").lines
    everything = run(SHOWCASE, "--json").lines

    assert alone == [line for line in everything if line["type"] == "exchange"]
    assert [line["number"] for line in alone] == list(range(1, len(alone) + 1))


def test_a_line_is_written_for_every_exchange() -> None:
    shown = run("exchanges", SEED).out.splitlines()

    assert [line.split()[0] for line in shown[1:11]] == [
        f"#{number}" for number in range(1, 11)
    ]


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize("command", [[], ["exchanges"]], ids=["report", "exchanges"])
def test_a_capture_comes_through_a_pipe(command: list[str], options: list[str]) -> None:
    piped = spawn(*command, "-", *options, stdin=SEED.read_bytes())
    read = spawn(*command, SEED, *options)

    assert (piped.returncode, piped.stderr) == (0, b"")
    named = read.stdout.replace(b"seed-nest12.pcap", b"stdin")
    assert _without_next(piped.stdout) == _without_next(named)


def _without_next(shown: bytes) -> bytes:
    """Return a report without the next command: of a pipe, there is none."""
    return re.sub(rb"^next .*$", b"", shown, flags=re.MULTILINE)


def test_an_empty_pipe_is_told() -> None:
    outcome = spawn("-", stdin=b"")

    assert outcome.returncode == 3
    assert outcome.stderr == (
        b"protocol-inspect: stdin: empty; tcpdump buffers, unless it runs with -U\n"
    )


def test_a_pipe_is_called_stdin_and_has_no_next_command() -> None:
    lines = spawn("-", stdin=SEED.read_bytes()).stdout.decode().splitlines()

    assert lines[0].startswith("stdin   86 packets")
    assert lines[-1] == "next     save the capture to a file to look further"


def test_a_pipe_without_nest_traffic_is_called_stdin() -> None:
    wire = Wire()
    wire.connect()
    outcome = spawn("-", stdin=pcap_bytes(wire.records))

    assert outcome.returncode == 0
    assert outcome.stderr.startswith(b"protocol-inspect: stdin: no Nest traffic in 3")


def test_several_captures_are_read_in_time_order(tmp_path: Path) -> None:
    records = list(read_capture(str(SEED)))
    halves = []
    for number, half in enumerate((records[::2], records[1::2])):
        halves.append(tmp_path / f"{number}.pcap")
        halves[-1].write_bytes(pcap_bytes(half))

    whole = run("exchanges", SEED, "--json")
    assert run("exchanges", *halves, "--json") == whole
    assert run("exchanges", *reversed(halves), "--json") == whole
    assert run(*halves).out.startswith("0.pcap and 1 more   86 packets in ")


def test_a_port_is_taken_for_nest_all_the_same() -> None:
    wire = Wire()
    wire.connect(server="10.0.0.2:3000").send(CLIENT, b"what is this?\r\n")
    capture = pcap_bytes(wire.records)
    without = spawn("-", "--json", stdin=capture)
    forced = spawn("-", "--json", "--port", "3000", stdin=capture)
    twice = spawn("-", "--json", "--port", "1", "--port", "3000", stdin=capture)

    assert b'"connections":0,"other_connections":1' in without.stdout
    assert b'"connections":1,"other_connections":0' in forced.stdout
    assert twice.stdout == forced.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["packets", str(SEED), "--fields", "route"],
            "No such option '--fields'; it belongs to exchanges",
        ),
        ([str(SEED), "--nothing"], "No such option '--nothing'"),
        ([str(SEED), "--port", "abc"], "'--port': 'abc' is not a valid port"),
        (["packets", str(SEED), "--limit", "two"], "'two' is not a valid number"),
        (["-V"], "No such option '-V'; --version says which version this is"),
        (["help", "filters"], "no command filters; there are report, exchanges, show"),
        (["help", "exchnges"], "did you mean exchanges?"),
        (["live", "lo"], "an interface has -i before it: -i lo"),
        (["live", str(SEED)], f"is a file: protocol-inspect {SEED}"),
    ],
)
def test_a_mistake_in_an_option_says_what_helps(words: list[str], message: str) -> None:
    outcome = run(*words)

    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err


def test_a_capture_that_cannot_be_read_outranks_a_condition(tmp_path: Path) -> None:
    words = [str(SEED), str(tmp_path / "none.pcap"), "--fail-on", "messages > 0"]
    outcome = run(*words)

    assert "--fail-on: messages > 0" in outcome.err
    assert outcome.code == 3


def test_the_version_is_told() -> None:
    outcome = run("--version")

    assert outcome.code == 0
    assert outcome.out.startswith("protocol-inspect, version ")
    assert outcome.out.endswith(", with its C extensions\n")


def test_what_is_piped_has_no_colours() -> None:
    for command in ([], ["exchanges"]):
        outcome = spawn(*command, SEED)
        assert b"\x1b" not in outcome.stdout
        assert outcome.stderr == b""


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
@pytest.mark.parametrize("capture", OWN[::4], ids=lambda path: path.stem)
def test_what_stdout_cannot_encode_has_a_stand_in(capture: Path, encoding: str) -> None:
    environment = {"PYTHONIOENCODING": encoding}
    for command in ([], ["exchanges"]):
        outcome = spawn(*command, capture, environment=environment)
        assert (outcome.returncode, outcome.stderr) == (0, b"")
        text = outcome.stdout.decode(encoding)
        assert len(text.splitlines()) == len(
            spawn(*command, capture).stdout.splitlines()
        )
        if not command and encoding == "ascii":
            assert "ok Every message call" in text or "!= " in text
            assert "127.0.0.1" in text
            assert "?" not in text.splitlines()[1]
            assert "-> :" in text.splitlines()[1]


def test_json_lines_are_utf_8_whatever_the_terminal_speaks() -> None:
    outcome = spawn(SEED, "--json", environment={"PYTHONIOENCODING": "ascii"})

    assert (outcome.returncode, outcome.stderr) == (0, b"")
    assert "求和1111".encode() in outcome.stdout


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize("command", [[], ["exchanges"]], ids=["report", "exchanges"])
def test_a_reader_that_has_seen_enough_ends_the_command_quietly(
    command: list[str], options: list[str]
) -> None:
    arguments = [str(PROGRAM), *command, str(SHOWCASE), *options]
    with Popen(arguments, stdout=PIPE, stderr=PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(1)
        process.stdout.close()
        said = process.stderr.read()
        code = process.wait(timeout=PATIENCE)

    assert said == b""
    assert code == 0


def test_a_full_disk_is_one_line() -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    with Popen([str(PROGRAM), str(SEED)], stdout=full, stderr=PIPE) as process:
        os.close(full)
        _, said = process.communicate(timeout=PATIENCE)

    assert process.returncode != 0
    assert said.count(b"\n") == 1
    assert b"no space left on device" in said.lower()


def test_an_interrupt_ends_the_command_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, _buffer: object) -> int:
            raise KeyboardInterrupt

    piped = io.TextIOWrapper(io.BufferedReader(Interrupted()))
    monkeypatch.setattr(sys, "stdin", piped)
    outcome = run("-")

    assert outcome.code == 130
    assert outcome.err.strip() == ""


@pytest.mark.parametrize("options", [[], ["-W", "error"]], ids=["usual", "errors"])
@pytest.mark.parametrize(
    ("kind", "place", "words"),
    [
        ("carriers", "no_such_package:carrier", "carrier broken ({}) is left out"),
        ("findings", "no_such_package", "findings broken ({}) are left out"),
    ],
)
def test_what_others_bring_and_cannot_be_loaded_is_one_line_and_stops_nothing(
    tmp_path: Path, options: list[str], kind: str, place: str, words: str
) -> None:
    installed = tmp_path / "broken-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Name: broken\nVersion: 1\n")
    (installed / "entry_points.txt").write_text(
        f"[protocol_inspect.{kind}]\nbroken = {place}\n"
    )
    command = [sys.executable, *options, "-m", "inspector.cli", str(SEED), "--json"]
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        timeout=PATIENCE,
    )

    assert done.returncode == 0
    assert done.stdout == spawn(SEED, "--json").stdout
    assert done.stderr.decode() == (
        f"protocol-inspect: {words.format(place)}: "
        "ModuleNotFoundError: No module named 'no_such_package'\n"
    )


def test_other_warnings_are_shown_as_python_shows_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def warn(*_: object) -> int:
        warnings.warn("old news", FutureWarning, stacklevel=1)
        return 0

    monkeypatch.setattr(cli, "_invoke", warn)
    with pytest.warns(FutureWarning, match="old news"):
        assert cli.main([]) == 0


@pytest.mark.parametrize(
    ("word", "meant"), [("exchangs", "exchanges"), ("packet", "packets")]
)
def test_a_misspelt_command_is_no_missing_file(word: str, meant: str) -> None:
    outcome = run(word, SEED)

    assert outcome.code == 2
    assert f"no command and no file {word}; did you mean {meant}?" in outcome.err


@pytest.mark.parametrize(
    ("word", "meant"), [("replay", "protocol-call replay"), ("serve", "protocol-serve")]
)
def test_a_command_of_another_program_is_named(word: str, meant: str) -> None:
    outcome = run(word, SEED)

    assert outcome.code == 2
    assert outcome.err == (
        f"protocol-inspect: no command and no file {word}; see {meant}\n"
    )


def test_a_file_may_be_named_almost_as_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "packet").write_bytes(SEED.read_bytes())

    assert run("packet").code == 0


def test_help_is_a_command_too() -> None:
    assert run("help").out == run("--help").out
    assert run("help", "ladder").out == run("ladder", "--help").out
    assert run("--help", "ladder").out == run("ladder", "--help").out
