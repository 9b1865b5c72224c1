"""One exchange complete: its heading, what was found, and the commands that follow."""

from __future__ import annotations

import json
import re
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from rich.console import Console

from inspector.views.console import THEME
from inspector.views.show_setting import Setting
from inspector.views.show_view import print_closeup
from tests.inspector.captures import CAPTURES, ROOT, name_of
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, SECOND, SERVER, Wire
from tests.inspector.test_terminal import show
from tests.inspector.views.closeups import EVERYTHING, closeup, part, shown

if TYPE_CHECKING:
    from pathlib import Path

_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
SLOW = ROOT / "tests" / "data" / "cases" / "slow.pcap.gz"


def test_the_slow_call_of_a_real_capture_is_shown_complete() -> None:
    lines = run("show", SLOW, "422").out.splitlines()
    lines = [line for line in lines if "slow-call" not in line]

    assert lines[0] == "#422  cmd:orders.create   3.22 s   slow.pcap.gz"
    assert lines[1:3] == [
        "client 10.1.0.11:41001 → server 10.1.1.6:8889   connection 2",
        "2026-05-28 20:27:23.222 UTC",
    ]
    asked, data = part(lines, "► request")
    answered, reply = part(lines, "◄ reply")
    assert asked.split(None, 2) == ["►", "request", "43.222498 s   packet 1300"]
    assert json.loads(data.removeprefix("│ "))["traceId"] == "tr-00421"
    assert answered.split(None, 2) == ["◄", "reply", "+3.22 s   packet 1424"]
    assert len(asked) == len(answered) == 80
    assert reply == '      │ {"ok": true, "rows": [0]}'
    assert part(lines, "Packets") == [
        "Packets     time s      Δ ms     bytes  carried",
        "   1300  43.222498            →    144  request cmd:orders.create #422",
        "   1334…  9 others of this connection: #434 #446 #458 and ACKs",
        "   1424  46.439498  3217.000  ←     85  reply cmd:orders.create #422",
        "   1425  46.439598     0.100  →         ACK of 1424",
    ]
    assert [line.split()[0] for line in part(lines, "Around it")[1:]] == [
        "#398", "#410", "#422", "#434", "#446",
    ]  # fmt: skip
    neighbours = " --where 'number >= 398 and number <= 446'"
    assert lines[-2:] == [
        (
            'again    protocol-call send 10.1.1.6:8889 \'{"cmd":"orders.create"}\' '
            '\'{"userId":421,"traceId":"tr-00421","items":[{"sku":"A421","qty":1}]}\''
        ),
        f"next     protocol-inspect ladder {SLOW} --connection 2{neighbours}",
    ]


def test_over_a_broker_the_next_ladder_has_the_hops_of_handlers_too() -> None:
    capture = ROOT / "captures" / "nats" / "nats-nest12.pcap"
    command = run("show", capture, "9").out.splitlines()[-1]

    around = "--where 'number >= 7 and number <= 11'"
    assert command == f"next     protocol-inspect ladder {capture} {around}"
    ladder = run("ladder", capture, "--where", "number >= 7 and number <= 11").out
    assert "client :51920" in ladder
    assert "handler :51908" in ladder


def test_a_finding_stands_above_with_its_code_and_what_to_do() -> None:
    wire = Wire()
    wire.connect().ask("login", "1", {"password": "x"}).answer("1", 1)
    lines = shown(wire, 1)
    start = lines.index("")
    found = lines[start + 1 : lines.index("", start + 1)]

    assert found[0].startswith("! password in a request")
    assert found[0].endswith("credentials")
    assert len(found[0]) == 80
    why, fix = " ".join(found[1:]).split("  fix  ")
    assert " ".join(why.split()).endswith("Packet 4.")
    assert fix


def test_a_long_pattern_leaves_room_for_the_time_and_the_file() -> None:
    wire = Wire()
    wire.connect().ask("x" * 200, "1").answer("1", 1)
    first = shown(wire, 1)[0]

    assert first.startswith("#1  xxxx")
    assert first.endswith("…   100 µs   a b.pcap")
    assert len(first) <= 80
    whole = shown(wire, 1, EVERYTHING._replace(cut=False))[0]
    assert whole == f"#1  {'x' * 200}   100 µs   a b.pcap"


def test_a_call_without_data_and_one_with_much_can_be_made_again() -> None:
    wire = Wire()
    call = wire.connect().ask("a", "1").answer("1", 1)
    call.ask("b", "2", "x" * 5000).answer("2", 1)

    assert shown(wire, 1)[-3:-1] == [
        "again    protocol-call send 10.0.0.2:8888 a",
        "         the call had no data; protocol-call sends {}",
    ]
    assert shown(wire, 2, EVERYTHING._replace(width=200))[-2] == (
        "again    protocol-inspect show 'a b.pcap' 2 --json | jq .data | "
        "protocol-call send 10.0.0.2:8888 b -"
    )


def test_no_command_reads_a_second_time_what_came_through_a_pipe() -> None:
    wire = Wire()
    wire.connect().ask("b", "1", "x" * 5000).answer("1", 1)

    assert shown(wire, 1, EVERYTHING._replace(captures=["-"]))[-2:] == [
        "again    save the capture to a file to make the call again",
        "next     save the capture to a file to look further",
    ]


def test_a_long_command_is_continued_on_the_next_line() -> None:
    wire = Wire()
    wire.connect().ask("a", "1", list(range(30))).answer("1", 1)
    again, data, following = shown(wire, 1)[-3:]

    assert again == "again    protocol-call send 10.0.0.2:8888 a \\"
    assert json.loads(data.strip(" '")) == list(range(30))
    assert following == (
        "next     protocol-inspect ladder 'a b.pcap' --connection 1 "
        "--where 'number == 1'"
    )


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_a_terminal_but_the_commands(width: int) -> None:
    for number in ("1", "9", "16"):
        capture = ROOT / "captures" / "showcase-nest12.pcap"
        lines = show("show", capture, number, width=width).splitlines()
        plain = [_ESCAPE.sub("", line) for line in lines]
        commands = next(i for i, each in enumerate(plain) if each.startswith("again"))

        assert max(map(cell_len, plain[:commands])) <= width


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_every_capture_has_a_first_exchange_to_show(capture: Path) -> None:
    number = run("exchanges", capture, "--json").lines[0]["number"]
    outcome = run("show", capture, str(number))

    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"#{number}  ")


def test_it_is_printed_line_by_line() -> None:
    wire = Wire()
    wire.connect().ask("a", "1", 1).ack(SERVER).answer("1", 1).ack(CLIENT)
    file = StringIO()
    setting = Setting(["a b.pcap"], wire.records[0].time_ns, 80)
    console = Console(file=file, theme=THEME, width=80)
    print_closeup(console, closeup(wire, 1), setting)

    assert file.getvalue().splitlines() == shown(wire, 1)


def test_a_call_over_which_the_clock_was_set_shows_no_time_that_cannot_be() -> None:
    wire = Wire()
    call = wire.connect().ask("a", "1").answer("1", 1).ask("b", "2")
    wire.wait(-SECOND)
    call.answer("2", 1).ask("c", "3").answer("3", 1)
    lines = shown(wire, 2)

    assert "clock-step" in "\n".join(lines)
    assert not [line for line in lines if "+" in line]
    assert [line.split()[-1] for line in part(lines, "Around it")[1:]] == [
        "before",
        "–",
        "after",
    ]
    assert part(shown(wire, 3), "Around it")[1].endswith("  before")


def test_what_a_gateway_asks_says_so() -> None:
    capture = ROOT / "captures" / "socketio" / "socketio-nest12.pcap"
    lines = run("exchanges", capture, "--json").lines
    pushed = next(line for line in lines if line.get("route") == "asked")
    shown_pushed = run("show", capture, str(pushed["number"])).out
    assert "   the server asks" in shown_pushed
    assert "the server asks" not in run("show", capture, "1").out
