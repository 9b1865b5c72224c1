"""A third-party carrier, from its wheel to every view of the command."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.carriers.base import Carrier, Talk
from inspector.carriers.testing import Turn, check_carrier, check_cuts
from tests.inspector.captures import ROOT, pcap_bytes
from tests.inspector.carriers.pigeons import PORT, fly, perch
from tests.inspector.carriers.toy.pigeon_post import carrier
from tests.inspector.carriers.wheels import build_wheel, install
from tests.inspector.command import spawn
from tests.inspector.conversation import CLIENT, SERVER, Wire
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from subprocess import CompletedProcess

    from tests.inspector.conversation import Side

TOY = Path(__file__).parent / "toy"
BROKEN = """
from pigeon_post import Pigeon, PigeonTalk

class Talk(PigeonTalk):
    def receive(self, side, data, time_ns):
        if data.startswith(b"say"):
            raise LookupError("no such bird")
        return super().receive(side, data, time_ns)

class Sick(Pigeon):
    name = "sick"

    def talk(self, conceal, *, whole):
        return Talk(conceal)

carrier = Sick()
"""


class Installed:
    """The command, with the toy installed in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.site = folder / "site"
        install(build_wheel(TOY, folder), self.site)
        self.environment = {"PYTHONPATH": str(self.site), "COLUMNS": "120"}

    def run(self, *arguments: str | Path) -> CompletedProcess[bytes]:
        return spawn(*arguments, environment=self.environment)

    def shown(self, *arguments: str | Path) -> str:
        done = self.run(*arguments)
        assert (done.returncode, done.stderr) == (0, b"")
        return done.stdout.decode()

    def lines(self, *arguments: str | Path) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.shown(*arguments).splitlines()]


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("pigeon"))


def _written(wire: Wire, path: Path) -> Path:
    path.write_bytes(pcap_bytes(wire.records))
    return path


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """A capture of Nest's TCP and of pigeons."""
    wire = Wire()
    wire.connect().ask("sum", "1", [1, 2]).answer("1", 3).ack(CLIENT)
    fly(perch(wire)).send(CLIENT, b"smudge 12\n").ack(SERVER)
    return _written(wire, tmp_path / "both.pcap")


# — the properties —

CONVERSATION = [
    Turn(0, b"pigeon 1 ring 4711\n"),
    Turn(1, b"perch 1\n"),
    Turn(0, b"ask 7 sum [1,2]\nping\n"),
    Turn(1, b"ping\nsay 7 3\n"),
    Turn(0, b'heard 7\ntell log "h\xc3\xa9llo"\ngarble\nask 8 sum [1,\n'),
    Turn(0, b"ask 9 sum null\n"),
    Turn(1, b'say 9 "x"\n'),
]


def test_it_has_the_properties_of_a_carrier() -> None:
    check_carrier(carrier, [CONVERSATION, CONVERSATION[:3]])


@given(st.sets(st.integers(1, 130)))
def test_it_reads_the_same_however_it_is_cut(cuts: set[int]) -> None:
    check_cuts(carrier, CONVERSATION, cuts=cuts)


# — one package, and one line —


def test_nothing_in_the_inspector_names_it() -> None:
    files = [
        file
        for package in ("inspector", "protocol")
        for file in (ROOT / package).rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    ]

    assert len(files) > 200
    assert [file for file in files if b"pigeon" in file.read_bytes().lower()] == []


# — its page —


def test_the_page_on_carriers_shows_it_whole() -> None:
    page = (ROOT / "docs" / "carriers.md").read_text(encoding="utf-8")
    project = tomllib.loads((TOY / "pyproject.toml").read_text(encoding="utf-8"))
    shown = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)

    assert f"```python\n{(TOY / 'pigeon_post.py').read_text()}```\n" in page
    for block in map(tomllib.loads, shown):
        for group, entries in block["project"]["entry-points"].items():
            assert project["project"]["entry-points"][group] == entries


@pytest.mark.parametrize("part", [Carrier, Talk], ids=lambda each: each.__name__)
def test_the_page_on_carriers_names_all_parts(part: type) -> None:
    page = (ROOT / "docs" / "carriers.md").read_text(encoding="utf-8")
    names = {name for name in (*dir(part), *part.__annotations__) if name[0] != "_"}

    assert len(names) >= 9
    for name in names:
        assert re.search(rf"^\| [^|]*`{name}\b", page, re.MULTILINE), name


# — all views —


def test_the_report_has_a_sentence_and_a_row_for_each_carrier(
    toy: Installed, capture: Path
) -> None:
    shown = toy.shown("report", capture)

    assert "1 Pigeon connection   10.0.0.1:41000 → 10.0.0.2:7000\n" in shown
    assert "✓ Over TCP every message call took 2 packets.\n" in shown
    assert "✓ Over Pigeon every message call took 2 packets, every event 1.\n" in shown
    rows = [line.split() for line in shown.splitlines()]
    assert ["Pigeon", "message", "call", *list("1230"), "ask,", "say"] in rows
    assert ["Pigeon", "event", *list("1111"), "tell"] in rows
    assert "1 smudged" in shown
    assert "write one message to a line" in shown


def test_alone_it_has_the_one_sentence(toy: Installed, tmp_path: Path) -> None:
    wire = Wire()
    fly(perch(wire))
    shown = toy.shown("report", _written(wire, tmp_path / "alone.pcap"))

    assert "✓ Over Pigeon every message call took 2 packets, every event 1.\n" in shown
    assert "TCP" not in shown


def test_its_exchanges_are_listed_in_every_format(
    toy: Installed, capture: Path
) -> None:
    table = toy.shown("exchanges", capture)
    rows = toy.shown("exchanges", capture, "--format", "csv").splitlines()
    fields = ["--fields", "carrier,route,packets", "--format", "csv"]

    assert [line.split()[2] for line in table.splitlines()[1:4]] == [
        "TCP",
        "Pigeon",
        "Pigeon",
    ]
    assert [row.rpartition(",")[2] for row in rows] == [
        *("carrier", "tcp", "pigeon", "pigeon")
    ]
    assert toy.shown("exchanges", capture, *fields).splitlines() == [
        *("carrier,route,packets", "tcp,sum,2", "pigeon,sum,2", "pigeon,login,1")
    ]


def test_its_json_lines_name_it_and_sum_it_up(toy: Installed, capture: Path) -> None:
    *lines, summary = toy.lines("report", capture, "--json")
    own = [line for line in lines if line["carrier"] == "pigeon"]

    assert [line["type"] for line in own].count("exchange") == 2
    assert "smudged" in [line.get("code") for line in own]
    assert summary["carriers"]["pigeon"] == {
        "connections": 1,
        "messages": 1,
        "events": 1,
        "packets_per_message": {"2": 1},
        "packets_per_event": {"1": 1},
        "transfers": 4,
        "errands": 1,
        "idle_units": 4,
    }
    assert list(summary["carriers"]) == ["tcp", "pigeon"]


def test_its_packets_and_frames_are_shown(toy: Installed, capture: Path) -> None:
    packets, follow = toy.shown("packets", capture), toy.shown("follow", capture, "2")

    for words in ("request sum #2", "reply sum #2", "heard 7", "event login #3"):
        assert words in packets
    assert "it begins with 'smudge'" in packets
    assert "not complete" not in packets
    assert follow.startswith("connection 2   client 10.0.0.1:41000 → server 10.0.0.2:")
    for words in ("► request sum #2", "◄ reply sum #2", "· heard 7", "│ [1, 2]"):
        assert words in follow
    assert "unit" not in follow


def test_its_calls_are_drawn(toy: Installed, capture: Path) -> None:
    ladder = toy.shown("ladder", capture)
    mermaid = toy.shown("ladder", capture, "--format", "mermaid")
    timeline = toy.shown("timeline", capture)

    assert "sum [1,2] #2 ─" in ladder
    assert "─ 3 #2" in ladder
    assert "server :7000" in mermaid
    assert "sum [1,2] #35;2" in mermaid
    assert "login" in timeline


def test_filters_choose_it(toy: Installed, capture: Path) -> None:
    chosen = toy.lines("exchanges", capture, "--json", "--where", 'carrier == "pigeon"')
    condition = ("--fail-on", "carriers.pigeon.messages > 0")

    assert [line["route"] for line in chosen] == ["sum", "login"]
    assert toy.run("report", capture, *condition).returncode == 1


def test_its_secrets_are_hidden_also_in_what_is_written(
    toy: Installed, capture: Path, tmp_path: Path
) -> None:
    hidden, written = ("--redact", "data.password"), tmp_path / "written.pcapng"
    shown = [toy.shown(view, capture, *hidden) for view in ("exchanges", "follow")]
    toy.shown("exchanges", capture, *hidden, "--write", written)
    again = toy.lines("exchanges", written, "--json")

    assert "feathers" not in "".join(shown)
    assert b"feathers" not in written.read_bytes()
    assert [line["data"] for line in again if line["carrier"] == "pigeon"] == [
        [1, 2],
        {"user": "ann", "password": "xxxxxxxx"},
    ]


def test_the_library_names_it(toy: Installed, capture: Path) -> None:
    program = (
        "import sys; from inspector import inspect\n"
        "for call in inspect(sys.argv[1]): print(call.carrier, call.route, call.data)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(capture)],
        check=True,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, **toy.environment},
        timeout=PATIENCE,
    )

    assert done.stdout.decode().splitlines() == [
        "tcp sum [1, 2]",
        "pigeon sum [1, 2]",
        "pigeon login {'user': 'ann', 'password': 'feathers'}",
    ]


def test_a_pipe_is_watched_live(toy: Installed, capture: Path) -> None:
    done = spawn(
        *("live", "-", "--json"),
        stdin=capture.read_bytes(),
        environment=toy.environment,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]

    assert (done.returncode, done.stderr) == (0, b"")
    assert [line["carrier"] for line in lines if line["type"] == "exchange"] == [
        *("tcp", "pigeon", "pigeon")
    ]


# — what a capture may lack —


def test_a_connection_that_was_open_before_is_joined(
    toy: Installed, tmp_path: Path
) -> None:
    wire = Wire()
    late = wire.join(client="10.0.0.1:41000", server=f"10.0.0.2:{PORT}")
    fly(late.send(CLIENT, b'e"}\n'))
    lines = toy.lines("exchanges", _written(wire, tmp_path / "late.pcap"), "--json")

    assert [(line["carrier"], line["outcome"]) for line in lines] == [
        ("pigeon", "completed"),
        ("pigeon", "sent"),
    ]
    assert {line["client"] for line in lines} == {"10.0.0.1:41000"}


@pytest.mark.parametrize(
    ("side", "kinds"), [(CLIENT, ["message", "event"]), (SERVER, ["orphan"])]
)
def test_one_side_suffices(
    toy: Installed, tmp_path: Path, side: Side, kinds: list[str]
) -> None:
    wire = Wire()
    port = fly(perch(wire)).ports[side].to_bytes(2)
    path = tmp_path / "half.pcap"  # the source port begins the header of TCP
    path.write_bytes(
        pcap_bytes(each for each in wire.records if each.data[34:36] == port)
    )
    lines = toy.lines("exchanges", path, "--json")

    assert sorted(line["kind"] for line in lines) == sorted(kinds)
    assert {(line["carrier"], line["client"]) for line in lines} == {
        ("pigeon", "10.0.0.1:41000")
    }


def test_a_port_can_be_taken_for_it(toy: Installed, tmp_path: Path) -> None:
    wire = Wire()
    call = wire.connect(server="10.0.0.2:7777").send(CLIENT, b"ask 1 sum [1]\n")
    call.send(SERVER, b"say 1 1\n")
    capture = _written(wire, tmp_path / "mute.pcap")

    assert b"no Nest traffic" in toy.run("exchanges", capture).stderr
    (line,) = toy.lines("exchanges", capture, "--json", "--carrier", "pigeon:7777")
    assert (line["carrier"], line["outcome"]) == ("pigeon", "completed")


# — what is broken —


@pytest.mark.parametrize("options", [[], ["-W", "error"]], ids=["usual", "errors"])
def test_a_talk_that_raises_is_one_line_and_all_else_is_inspected(
    toy: Installed, capture: Path, tmp_path: Path, options: list[str]
) -> None:
    info = tmp_path / "sick-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: sick\nVersion: 1\n")
    entry = "[protocol_inspect.carriers]\naaa = sick:carrier\n"
    (info / "entry_points.txt").write_text(entry)
    (tmp_path / "sick.py").write_text(BROKEN)
    path = f"{tmp_path}{os.pathsep}{toy.site}"
    done = subprocess.run(
        [sys.executable, *options, "-m", "inspector.cli", str(capture), "--json"],
        check=False,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        timeout=PATIENCE,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.returncode == 0
    assert done.stderr.decode() == (
        "protocol-inspect: carrier sick fails to read: LookupError: no such bird "
        "(sick.py:7); the rest of its connection is not read\n"
    )
    assert [
        (line["carrier"], line["outcome"])
        for line in lines
        if line["type"] == "exchange"
    ] == [("tcp", "completed"), ("sick", "unanswered")]
    assert "in-doubt" in [line.get("code") for line in lines]
    assert lines[-1]["unread_bytes"] > 0
