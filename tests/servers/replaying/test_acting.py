from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from servers.cli import main
from servers.testing import serving
from tests.patience import PATIENCE
from tests.servers.replaying.replayed import Counted, exchange
from tests.servers.serving.probes import free_port

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def _file(folder: Path, lines: Iterable[bytes]) -> str:
    file = folder / "recorded.jsonl"
    file.write_bytes(b"\n".join(lines))
    return str(file)


def _main(*words: str) -> int:
    return main(["replay", *words, "--no-config"])


def test_the_code_says_whether_answers_are_as_recorded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    same = [exchange("get.double", 2, 4, time_ns=1), exchange("save", 1, 1, time_ns=2)]
    with serving(Counted().service) as server:
        target = f"127.0.0.1:{server.port}"
        assert _main(_file(tmp_path, same), target) == 0
        assert "not sent: 1 not read-only by name (" in capsys.readouterr().out
        changed = [*same, exchange("get.double", 2, 5, time_ns=3)]
        assert _main(_file(tmp_path, changed), target, "--json") == 1
        lines = list(map(json.loads, capsys.readouterr().out.splitlines()))
        assert [each.get("outcome") for each in lines] == ["same", "differs", None]
        assert lines[1]["differences"] == ["$: 5 → 4"]
        assert lines[2]["differ"] == 1
        assert _main(_file(tmp_path, same[1:]), target) == 2
        out, err = capsys.readouterr()
        assert "not sent" in out
        assert err == "protocol-call: nothing was sent\n"


def test_a_dry_run_sends_nothing_and_needs_no_service(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [exchange("get.double", 2, 4, number=7), exchange("save", {}, 1)]
    target = f"127.0.0.1:{free_port()}"

    assert _main(_file(tmp_path, lines), target, "--dry-run") == 0
    out, err = capsys.readouterr()
    assert out.startswith(f"1 exchange would be sent to {target}\n")
    assert out.endswith("\n      1  save\n")
    assert err == ""

    options = ("--dry-run", "--json", "--kind", "message")
    event = exchange("log", 1, kind="event")
    assert _main(_file(tmp_path, [*lines, event]), target, *options) == 0
    out, err = capsys.readouterr()
    first, second = map(json.loads, out.splitlines())
    assert (first["type"], first["recording"]) == ("planned", "#7")
    assert first["words"].split() == [
        *("+0.000", "s", "#7", "message", "get.double", "2")
    ]
    assert second["words"].startswith("    not sent  line 2 message save {} (not ")
    assert err == (
        "protocol-call: 1 would be sent\n"
        "protocol-call: not sent: 1 not read-only by name "
        "(--allow PATTERN or --allow-all)\n"
        "protocol-call: left out by the filters: 1\n"
    )


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (b"", 2, "recorded.jsonl is empty; wanted is"),
        (exchange("get.double", None), 2, "nothing was sent"),
        (b"{]", 2, "recorded.jsonl: line 1: "),
        (exchange("get.double", 1, 2), 3, "Connect"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    text: bytes,
    code: int,
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with serving(Counted().service) as server:
        port = free_port() if code == 3 else server.port
        assert _main(_file(tmp_path, [text]), f"127.0.0.1:{port}") == code
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert said.lower() in err.lower()


def test_a_dry_run_tells_what_was_read_before_a_mistake(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [exchange("get.double", 1, 2), b"{no JSON"]

    assert _main(_file(tmp_path, lines), "127.0.0.1:1", "--dry-run") == 2
    said = capsys.readouterr()
    assert "get.double" in said.out
    assert "line 2" in said.err


def test_ctrl_c_reports_what_came_of_it_so_far(tmp_path: Path) -> None:
    lines = (exchange("get.double", each, each * 2) for each in range(100_000))
    with serving(Counted().service) as server:
        words = [_file(tmp_path, lines), f"127.0.0.1:{server.port}", "--rate", "50"]
        program = subprocess.Popen(
            [sys.executable, "-m", "servers.cli", "replay", *words, "--json"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert program.stdout is not None
        program.stdout.readline()
        program.send_signal(signal.SIGINT)
        out, _ = program.communicate(timeout=PATIENCE)

    assert program.returncode == 130
    summary = json.loads(out.splitlines()[-1])
    assert summary["type"] == "replay"
    assert 1 <= summary["sent"] < 100_000
    assert summary["differ"] == 0


def test_ctrl_c_ends_it_while_stdin_stays_open() -> None:
    with serving(Counted().service) as server:
        words = ["replay", "-", f"127.0.0.1:{server.port}", "--json"]
        with subprocess.Popen(
            [sys.executable, "-m", "servers.cli", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as program:
            assert program.stdin is not None
            assert program.stdout is not None
            assert program.stderr is not None
            program.stdin.write(exchange("get.double", 1, 2) + b"\n")
            program.stdin.flush()
            program.stdout.readline()
            program.send_signal(signal.SIGINT)
            try:
                code = program.wait(PATIENCE)
            finally:
                program.kill()
            said = program.stderr.read()

    assert (code, said) == (130, b"")
