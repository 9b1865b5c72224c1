"""What an interface or a pipe showed is what the applications counted themselves."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from inspector.sources.files import read_capture
from tests.inspector.captures import SEED, SHOWCASE, manifest_of
from tests.inspector.command import run, spawn
from tests.inspector.watched import watched
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.inspector.nest import Nest


def test_it_reports_what_the_applications_counted(nest: Nest, tmp_path: Path) -> None:
    written = tmp_path / "calls.pcapng"
    with nest.service() as service:
        port = str(service.port)
        options = ["--port", port, "--json", "--write", str(written)]
        with watched("live", "-i", "lo", *options) as live:
            client, _ = nest.client("steps", 20, service.port)
            live.until(lambda: len(live.exchanges) == 100)
            assert live.interrupt() == 0

    summary, capture = live.summary, live.lines[-2]
    assert summary["messages"] == client.sent["request"] == 80
    assert summary["events"] == client.sent["event"] == 20
    assert summary["replies"] == sum(client.received.values()) == 80
    assert summary["errors"] == client.received["response-error"] == 20
    assert summary["no_handler"] == client.received["response-nohandler"] == 20
    assert summary["packets_per_message"] == {"2": 80}
    assert summary["packets_per_event"] == {"1": 20}
    assert capture["source"] == "lo"
    assert capture["dropped"] == 0
    assert capture["complete"] is True
    assert capture["files"] == [str(written)]
    assert live.err == "protocol-inspect: listening on lo\n"
    assert service.tally().received == client.sent

    check_file(written, summary["packet_records"], live.exchanges)


def check_file(written: Path, packets: int, exchanges: list[dict[str, Any]]) -> None:
    """See that Wireshark's own program and ours read the same in a file."""
    told = subprocess.run(
        ["tshark", "-n", "-r", written, "-T", "fields", "-e", "tcp.analysis.flags"],  # noqa: S607
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )
    assert len(told.stdout.splitlines()) == packets
    # On loopback each packet comes by twice; one that stayed would be a copy.
    assert "1" not in told.stdout
    again = run("exchanges", written, "--json").lines
    assert sorted(again, key=number) == sorted(exchanges, key=number)


def number(line: dict[str, Any]) -> int:
    return int(line["number"])


def exchange_lines(out: bytes) -> list[bytes]:
    return [line for line in out.splitlines() if b'"type":"exchange"' in line]


def test_it_keeps_up_with_a_client_that_calls_as_fast_as_it_can(nest: Nest) -> None:
    with nest.service() as service:
        options = ["--port", str(service.port), "--json"]
        with watched("live", "-i", "lo", *options) as live:
            nest.client("calls", 3_000, service.port)
            live.until(lambda: len(live.exchanges) == 3_000)
            live.interrupt()

    assert live.lines[-2]["dropped"] == 0
    assert live.summary["packets_per_message"] == {"2": 3_000}


def test_without_a_filter_library_it_filters_itself(nest: Nest) -> None:
    """libpcap is loaded by its name, which is not found on a path of its own."""
    program = (
        "import ctypes.util; ctypes.util.find_library = lambda name: None\n"
        "import sys; from inspector.cli import main; sys.exit(main())"
    )
    with nest.service() as service, nest.service() as other:
        words = ["live", "-i", "lo", "--port", str(service.port), "--json"]
        process = subprocess.Popen(
            [sys.executable, "-c", program, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stderr is not None
        assert b"listening" in process.stderr.readline()
        nest.client("steps", 2, other.port, service.port)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=PATIENCE)

    summary = out.splitlines()[-1].decode()
    assert '"messages":8,"events":2' in summary
    assert '"connections":1,"other_connections":0' in summary


def test_an_unknown_interface_is_told_with_those_that_exist() -> None:
    outcome = spawn("live", "-i", "nope")

    assert outcome.returncode == 2
    assert re.fullmatch(
        rb"protocol-inspect: nope: no such interface; there are: .*\blo\b.*\n",
        outcome.stderr,
    )


def test_without_permission_it_says_how_to_get_it() -> None:
    # Root without the capability is refused as anybody else.
    outcome = subprocess.run(
        ["setpriv", "--bounding-set", "-net_raw", "--inh-caps", "-net_raw",  # noqa: S607
         sys.executable, "-m", "inspector.cli", "live", "-i", "lo"],
        check=False, capture_output=True, encoding="utf-8", timeout=PATIENCE,
    )  # fmt: skip

    assert outcome.returncode == 4
    assert outcome.stdout == ""
    assert outcome.stderr.count("\n") == 1
    for way in ("not permitted to capture", "sudo", "setcap cap_net_raw", "live -"):
        assert way in outcome.stderr


def test_an_interface_that_is_deleted_ends_it_with_the_report() -> None:
    name = f"gone{os.getpid()}"  # another run of the tests has one as well
    made = subprocess.run(
        ["ip", "link", "add", name, "type", "veth"],  # noqa: S607
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    assert made.returncode == 0, f"this test makes an interface: {made.stderr}"
    subprocess.run(["ip", "link", "set", name, "up"], check=True)  # noqa: S607
    with watched("live", "-i", name, "--json") as live:
        subprocess.run(["ip", "link", "del", name], check=True)  # noqa: S607
        code = live.wait()

    assert code == 3
    assert live.err.splitlines()[1:] == [
        f"protocol-inspect: {name}: the interface went away"
    ]
    assert [line["type"] for line in live.lines] == ["capture", "summary"]


def test_a_pipe_shows_what_a_file_does() -> None:
    for capture in (SEED, SHOWCASE):
        piped = spawn("live", "-", "--json", stdin=capture.read_bytes())
        lines = exchange_lines(piped.stdout)
        from_file = spawn(capture, "--json").stdout.splitlines()

        assert piped.returncode == 0
        assert piped.stderr == b""
        assert piped.stdout.splitlines()[-1] == from_file[-1]
        assert set(lines) == set(exchange_lines(b"\n".join(from_file)))


def test_a_pipe_is_shown_record_by_record() -> None:
    data = SEED.read_bytes()
    reader, writer = os.pipe()
    command = watched("live", "-", "--json", stdin=reader, says="")
    with command as live, open(writer, "wb", buffering=0) as pipe:  # noqa: PTH123
        pipe.write(data[: len(data) // 2])
        live.until(lambda: len(live.exchanges) >= 4)
        assert live.process.poll() is None
        pipe.write(data[len(data) // 2 :])
        live.until(lambda: len(live.exchanges) == 10)
    os.close(reader)


def test_tcpdump_that_is_killed_costs_nothing_that_was_seen(nest: Nest) -> None:
    with nest.service() as service:
        tcpdump = subprocess.Popen(
            ["tcpdump", "-i", "lo", "-U", "--immediate-mode", "-w", "-", "-Z", "root",  # noqa: S607
             f"port {service.port}"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert tcpdump.stderr is not None
        while b"listening" not in tcpdump.stderr.readline():
            assert tcpdump.poll() is None
        with watched("live", "-", "--json", stdin=tcpdump.stdout, says="") as live:
            client, _ = nest.client("steps", 4, service.port)
            live.until(lambda: len(live.exchanges) == 20)
            tcpdump.kill()
            tcpdump.communicate()
            code = live.wait()

    assert code in {0, 3}  # 3 where it died inside a record
    assert live.summary["messages"] == client.sent["request"]
    assert live.summary["events"] == client.sent["event"]
    assert len({line["number"] for line in live.exchanges}) == len(live.exchanges)


def test_a_writer_that_dies_in_a_record_is_told_once_behind_the_report() -> None:
    outcome = spawn("live", "-", "--json", stdin=SEED.read_bytes()[:-3])

    assert outcome.returncode == 3
    assert outcome.stderr == (
        b"protocol-inspect: stdin: truncated in packet 86; the report covers 1 to 85\n"
    )
    assert b'"packet_records":85' in outcome.stdout.splitlines()[-1]


def test_piped_without_json_it_is_a_line_for_each_exchange_and_the_report() -> None:
    outcome = spawn("live", "-", stdin=SEED.read_bytes())
    lines = outcome.stdout.decode().splitlines()

    assert lines[1] == "21:00:33.640  sum  [1,2,3]  6  1.23 ms  2 packets"
    assert "✓ Every message call took 2 packets, every event 1." in lines
    assert not any(line.startswith("next") for line in lines)


def test_it_ends_after_a_time_and_after_a_number_of_exchanges(nest: Nest) -> None:
    quiet = spawn("live", "-i", "lo", "--port", "1", "--for", "200ms", "--json")
    assert quiet.returncode == 0
    assert b'"packet_records":0' in quiet.stdout.splitlines()[-1]

    with nest.service() as service:
        words = ["--port", str(service.port), "--count", "7", "--json"]
        with watched("live", "-i", "lo", *words) as live:
            nest.client("steps", 4, service.port)
            assert live.wait() == 0

    assert len(live.exchanges) == 7


def test_a_call_that_waits_is_reported_once(nest: Nest) -> None:
    with nest.service() as service:
        words = ["--port", str(service.port), "--slow", "100ms", "--json"]
        with (
            watched("live", "-i", "lo", *words) as live,
            nest.running_client("waits", service.port),
        ):
            live.until(lambda: live.waiting_for("never"))
            live.until(lambda: live.process.poll() is None)
            nest.client("steps", 2, service.port)
            live.until(lambda: len(live.exchanges) == 10)
            live.interrupt()

    (waiting,) = live.waiting_for("never")
    assert waiting["waited_ns"] >= 100_000_000
    assert waiting["replies"] == 0
    (unanswered,) = (e for e in live.exchanges if e["outcome"] == "unanswered")
    assert unanswered["number"] == waiting["number"]


def test_only_and_where_choose_what_is_shown() -> None:
    data = SHOWCASE.read_bytes()
    by_only = spawn("live", "-", "--json", "--only", "pattern=square", stdin=data)
    by_where = spawn("live", "-", "--json", "--where", "route == 'square'", stdin=data)
    both = ("--only", "kind=message", "--where", "packets > 10")
    few = spawn("live", "-", "--json", *both, stdin=data)
    wrong = spawn("live", "-", "--only", "square", stdin=data)

    counted = manifest_of(SHOWCASE)["by_pattern_tx"]
    squares = exchange_lines(by_only.stdout)
    assert squares == exchange_lines(by_where.stdout)
    assert len(squares) == counted['request "square"']
    assert few.stdout.count(b'"type":"exchange"') == 1
    assert wrong.returncode == 2
    assert b"'square' is not FIELD=VALUE" in wrong.stderr


def test_a_condition_that_holds_is_exit_code_1() -> None:
    words = ("live", "-", "--json", "--fail-on", "errors > 0")

    assert spawn(*words, stdin=SHOWCASE.read_bytes()).returncode == 1
    assert spawn(*words, stdin=SEED.read_bytes()).returncode == 0


@pytest.mark.parametrize("arguments", [[], ["-", "-i", "lo"], ["lo"]])
def test_it_takes_an_interface_or_a_pipe(arguments: list[str]) -> None:
    assert run("live", *arguments).code == 2


def test_a_full_disk_is_told_and_the_rest_goes_on(full_disk: Path) -> None:
    path = full_disk / "calls.pcapng"
    outcome = spawn("live", "-", "--json", "--write", path, stdin=SHOWCASE.read_bytes())

    assert outcome.returncode == 5
    assert outcome.stderr.decode() == (
        f"protocol-inspect: {path}: cannot write: no space left on device\n"
    )
    summary = spawn(SHOWCASE, "--json").stdout.splitlines()[-1]
    assert outcome.stdout.splitlines()[-1] == summary
    kept = list(read_capture(str(path)))
    assert kept == list(read_capture(str(SHOWCASE)))[: len(kept)]
    assert len(kept) > 10


def test_a_device_without_room_is_told_once() -> None:
    outcome = spawn("live", "-", "--write", "/dev/full", stdin=SEED.read_bytes())

    assert outcome.returncode == 5
    assert outcome.stderr.count(b"/dev/full: cannot write: no space left") == 1
    assert outcome.stderr.count(b"\n") == 1


def test_files_rotate_and_the_oldest_are_deleted(tmp_path: Path) -> None:
    name = tmp_path / "calls.pcapng"
    words = ["--write", str(name), "--rotate-size", "2kB", "--keep", "2", "--json"]
    outcome = spawn("live", "-", *words, stdin=SEED.read_bytes())
    kept = [f"calls-0000{each}.pcapng" for each in (6, 7)]

    assert outcome.returncode == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == kept
    last = list(read_capture(str(tmp_path / kept[-1])))
    assert last[-1].data == list(read_capture(str(SEED)))[-1].data


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--rotate-size", "1MB"], "need --write"),
        (["--history", "9"], "--history is for --browse"),
        (["--write", "x.pcapng", "--redact", "auto"], "--redact"),
        (["--for", "30"], "a number and a unit, one of ns, us, µs, ms, s, min, h"),
        (["--slow", "0s"], "is not above 0"),
    ],
)
def test_options_that_make_no_sense_are_usage(
    options: list[str], problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run("live", "-i", "lo", *options)

    assert outcome.code == 2
    assert problem in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_a_picture_of_a_run_is_the_report_at_its_end(tmp_path: Path) -> None:
    svg = tmp_path / "run.svg"
    outcome = spawn("live", "-", "--svg", svg, stdin=SEED.read_bytes())
    drawn = svg.read_text(encoding="utf-8")

    assert outcome.returncode == 0
    assert b"21:00:33.638" in outcome.stdout  # the first exchange …
    assert "21:00:33.638" not in drawn  # … which is not in the picture
    assert ">protocol-inspect live</text>" in drawn
    assert ">Patterns</text>" in drawn
    assert ">nagle-stall</text>" in drawn


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--browse", "--svg", "a.svg"], "--svg draws the report at the end"),
        (["--json", "--svg", "a.svg"], "--svg draws a view, which --json is not"),
        (["--write", "a", "--svg", "a"], "--write and --svg write the same file"),
        (["--svg", "a.png"], "--svg writes SVG, and a.png is named otherwise"),
    ],
)
def test_a_run_without_a_picture_is_refused(
    options: list[str], problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run("live", "-", *options)

    assert (outcome.code, outcome.out) == (2, "")
    assert problem in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_a_picture_is_not_written_over_what_is_on_stdin(tmp_path: Path) -> None:
    capture = tmp_path / "in.pcap"
    capture.write_bytes(SEED.read_bytes())
    with capture.open("rb") as opened:
        outcome = subprocess.run(
            [sys.executable, "-m", "inspector.cli", "live", "-", "--svg", capture],
            stdin=opened,
            capture_output=True,
            check=False,
            timeout=PATIENCE,
        )

    assert (outcome.returncode, outcome.stdout) == (2, b"")
    assert outcome.stderr.endswith(b"in.pcap is the capture itself\n")
    assert capture.read_bytes() == SEED.read_bytes()
