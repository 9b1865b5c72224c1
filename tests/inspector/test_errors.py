"""What cannot be read is told in one line, with the documented exit code.

What could be read before it is reported all the same, and no input ends in a traceback.
"""

from __future__ import annotations

import os
import pickle
import random
import stat
from typing import TYPE_CHECKING

import pytest

from inspector.errors import (
    DamagedCaptureError,
    ExpressionError,
    InspectorError,
    NotPermittedError,
    UnreadableCaptureError,
)
from inspector.sources.files import read_capture
from tests.inspector.captures import (
    OWN,
    ROOT,
    SEED,
    pcap_bytes,
    pcapng_bytes,
    pcapng_section,
)
from tests.inspector.command import Run, run, spawn
from tests.inspector.conversation import CLIENT, SERVER, Wire

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from inspector.sources.records import PacketRecord

_FILE_HEADER = 24
_SMALL = [capture for capture in OWN if capture.stat().st_size < 20_000]


def small_capture() -> list[PacketRecord]:
    """Return the packets of a message and an event."""
    wire = Wire()
    call = wire.connect().ask("sum", "1", [1]).answer("1", 1).ack(CLIENT)
    call.emit("log", "求").ack(SERVER).close()
    return wire.records


def says_one_line(outcome: Run) -> str:
    """Check that a run says one line on stderr, and return it without the program."""
    (line,) = outcome.err.splitlines()
    program, _, rest = line.partition(": ")
    assert program == "protocol-inspect"
    assert outcome.err == line + "\n"
    return rest


def test_errors_are_sent_from_one_process_to_another() -> None:
    for error in (
        DamagedCaptureError.after(3, "a", "truncated"),
        NotPermittedError("eth0"),
        ExpressionError("--where", "no", 7),
    ):
        error.add_note("more")
        copy = pickle.loads(pickle.dumps(error))  # noqa: S301 — our own

        assert (type(copy), str(copy)) == (type(error), str(error))
        assert vars(copy) == vars(error)


def test_errors_carry_their_exit_code_and_subject() -> None:
    error = DamagedCaptureError("a.pcap", "truncated in packet 2")

    assert str(error) == "a.pcap: truncated in packet 2"
    assert (error.subject, error.exit_code) == ("a.pcap", 3)
    assert isinstance(error, UnreadableCaptureError)
    assert InspectorError.exit_code == 2


_JSON = (
    "JSON, no capture; protocol-call replay and protocol-serve --from read what "
    "exchanges --json and fixture write"
)


@pytest.mark.parametrize(
    "way", [[], ["exchanges"], ["--json"], ["exchanges", "--json"]]
)
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty; tcpdump buffers, unless it runs with -U"),
        (b'{"a": 1}', _JSON),
        (b"{ a: 1 }", "not a capture: it begins with '{'"),
        (b"\xd4\xc3\xb2\xa1\x02", "truncated in its file header"),
    ],
)
def test_what_is_no_capture_is_one_line(
    content: bytes, said: str, way: list[str], tmp_path: Path
) -> None:
    capture = tmp_path / "a.json"
    capture.write_bytes(content)
    outcome = run(*way, capture)

    assert outcome.code == 3
    assert says_one_line(outcome) == f"{capture}: {said}"


def test_a_missing_file_and_a_directory_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    missing = run(tmp_path / "nope.pcap")
    directory = run("captures")

    assert (missing.code, missing.out) == (3, "")
    assert says_one_line(missing) == f"{tmp_path / 'nope.pcap'}: no such file"
    assert (directory.code, directory.out) == (3, "")
    assert says_one_line(directory) == "captures: a directory; try captures/*.pcap"


def test_a_file_without_permission_is_one_line(tmp_path: Path) -> None:
    capture = tmp_path / "secret.pcap"
    capture.write_bytes(SEED.read_bytes())
    capture.chmod(0)
    assert stat.S_IMODE(capture.stat().st_mode) == 0
    if os.geteuid() == 0:
        # Root reads it all the same; a file of the kernel refuses everybody.
        outcome = run("/proc/self/mem")
        assert outcome.code == 3
        assert says_one_line(outcome).startswith("/proc/self/mem: ")
    else:
        outcome = run(capture)
        assert outcome.code == 3
        assert says_one_line(outcome) == f"{capture}: permission denied"


@pytest.mark.parametrize("write", [pcap_bytes, pcapng_bytes], ids=["pcap", "pcapng"])
def test_a_capture_cut_at_any_byte_is_reported_up_to_there(
    write: Callable[[list[PacketRecord]], bytes], tmp_path: Path
) -> None:
    records = small_capture()
    whole = write(records)
    complete = {len(write(records[:count])) for count in range(len(records) + 1)}
    blocks = complete | {len(pcapng_section())} if write is pcapng_bytes else complete
    capture = tmp_path / "cut.pcap"
    for size in range(1, len(whole)):
        capture.write_bytes(whole[:size])
        outcome = run(capture, "--json")
        said = outcome.err.splitlines()
        if size in blocks:
            assert outcome.code == 0
            continue
        assert outcome.code == 3
        assert len(said) == 1
        assert said[0].startswith(f"protocol-inspect: {capture}: ")
        readable = sum(end <= size for end in complete) - 1
        summary = outcome.lines[-1]
        assert summary["packet_records"] == max(readable, 0)


@pytest.mark.parametrize("capture", _SMALL, ids=lambda path: path.stem)
def test_a_real_capture_cut_around_each_packet_still_gets_its_report(
    capture: Path, tmp_path: Path
) -> None:
    whole = capture.read_bytes()
    ends = [_FILE_HEADER]
    for record in read_capture(str(capture)):
        ends.append(ends[-1] + 16 + len(record.data))
    cut = tmp_path / "cut.pcap"
    for readable, end in enumerate(ends[:-1]):
        cut.write_bytes(whole[: end + 1])
        outcome = run(cut)
        assert outcome.code == 3
        line = outcome.err.splitlines()[0]
        assert f"{cut}: truncated in packet {readable + 1};" in line
        if outcome.out:
            assert outcome.out.startswith(f"cut.pcap   {readable:,} packet")
            assert len(outcome.err.splitlines()) == 1


def test_what_stands_before_the_cut_is_reported(tmp_path: Path) -> None:
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(SEED.read_bytes()[:-7])
    outcome = run(cut)
    count = len(list(read_capture(str(SEED))))

    assert outcome.code == 3
    assert says_one_line(outcome) == (
        f"{cut}: truncated in packet {count}; the report covers 1 to {count - 1}"
    )
    assert "✓ Every message call took 2 packets, every event 1." in outcome.out
    assert run("exchanges", cut).out == run("exchanges", SEED).out


def test_an_interrupted_recording_of_several_files_names_each_problem(
    tmp_path: Path,
) -> None:
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(SEED.read_bytes()[:-7])
    outcome = run(cut, tmp_path / "nope.pcap", SEED)

    assert outcome.code == 3
    assert [line.rpartition("/")[2] for line in outcome.err.splitlines()] == [
        "nope.pcap: no such file",
        "cut.pcap: truncated in packet 86; the report covers 1 to 85",
    ]
    assert outcome.out


def test_a_capture_without_nest_traffic_says_so_and_is_no_error(
    tmp_path: Path,
) -> None:
    web = tmp_path / "http-only.pcap"
    records = [
        record for record in read_capture(str(SEED)) if _has_port(record.data, 3000)
    ]
    web.write_bytes(pcap_bytes(records))
    outcome = run(web)
    said = says_one_line(outcome)

    assert (outcome.code, outcome.out) == (0, "")
    assert said.startswith(
        f"http-only.pcap: no Nest traffic in {len(records)} packets of 5 TCP conn"
    )
    assert "HTTP on :3000" in said
    assert said.endswith("; use --port to treat a port as Nest anyway")
    assert says_one_line(run("exchanges", web)) == said
    assert [line["type"] for line in run(web, "--json").lines] == ["summary"]


def test_a_capture_without_packets_says_so(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.pcap"
    nothing.write_bytes(pcap_bytes([]))
    outcome = run(nothing)

    assert outcome.code == 0
    assert "no Nest traffic in 0 packets" in says_one_line(outcome)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--nope", "a.pcap"], "--nope"),
        (["exchanges", "--nope", "a.pcap"], "--nope"),
        (["exchanges"], "CAPTURE"),
        ([], "capture"),
        (["a.pcap", "--port", "http"], "http"),
        (["a.pcap", "--port", "0"], "0"),
        (["a.pcap", "--port", "65536"], "65536"),
        (["a.pcap", "--port"], "--port"),
        (["--json"], "CAPTURE"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(
    arguments: list[str], said: str
) -> None:
    outcome = run(*arguments)

    assert (outcome.code, outcome.out) == (2, "")
    line = says_one_line(outcome)
    assert said in line
    assert "\\u" not in line
    assert len(line) < 200


def test_a_name_that_a_terminal_would_obey_is_shown_as_escapes(tmp_path: Path) -> None:
    outcome = run(tmp_path / "a\x1b[31m\nb.pcap")

    assert outcome.code == 3
    assert says_one_line(outcome).endswith("a\\u001b[31m\\u000ab.pcap: no such file")


@pytest.mark.parametrize("capture", _SMALL, ids=lambda path: path.stem)
@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
def test_no_damage_ends_in_a_traceback(
    capture: Path, options: list[str], tmp_path: Path
) -> None:
    # Seeded by the name, so that a failure comes again.
    chance = random.Random(f"{capture.stem} {options}")  # noqa: S311
    whole = capture.read_bytes()
    damaged = tmp_path / "damaged.pcap"
    for number in range(60):
        command = ["exchanges"] if number % 2 else []
        damaged.write_bytes(_damage(whole, chance))
        outcome = run(*command, damaged, *options)
        assert outcome.code in {0, 3}
        assert len(outcome.err.splitlines()) <= 2
        if options:
            assert outcome.lines is not None


@pytest.mark.parametrize("order", ["<", ">"])
def test_no_damage_of_a_pcapng_file_ends_in_a_traceback(
    order: str, tmp_path: Path
) -> None:
    chance = random.Random(order)  # noqa: S311
    whole = pcapng_bytes(read_capture(str(SEED)), order=order)
    damaged = tmp_path / "damaged.pcapng"
    for _ in range(150):
        damaged.write_bytes(_damage(whole, chance))
        assert run(damaged, "--json").code in {0, 3}


def test_the_installed_command_ends_with_these_codes(tmp_path: Path) -> None:
    missing = spawn(tmp_path / "nope.pcap")
    usage = spawn("--nope")

    assert (missing.returncode, usage.returncode) == (3, 2)
    for outcome in (missing, usage):
        assert outcome.stdout == b""
        assert outcome.stderr.count(b"\n") == 1
        assert b"Traceback" not in outcome.stderr


def _damage(data: bytes, chance: random.Random) -> bytes:
    """Return a capture with some bytes flipped, cut out, put in, or its end cut off."""
    damaged = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(damaged))
        match chance.randrange(4):
            case 0:
                damaged[place] ^= 1 << chance.randrange(8)
            case 1:
                del damaged[place : place + chance.randint(1, 40)]
            case 2:
                damaged[place:place] = chance.randbytes(chance.randint(1, 40))
            case _:
                end = min(place + chance.randint(1, 8), len(damaged))
                damaged[place:end] = chance.randbytes(end - place)
    if chance.random() < 0.2:
        del damaged[chance.randrange(1, len(damaged)) :]
    return bytes(damaged)


def _has_port(packet: bytes, port: int) -> bool:
    ports = packet[34:36], packet[36:38]
    return port.to_bytes(2, "big") in ports
