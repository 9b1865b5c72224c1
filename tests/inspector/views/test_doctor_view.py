"""The lines of a checkup, for people and for programs."""

from __future__ import annotations

import json
from io import StringIO

from inspector.checkup.check import Check, Mark
from inspector.views.console import RoleConsole
from inspector.views.doctor_view import checkup_lines, print_checkup

_GOOD = Check("capture", "python", Mark.GOOD, "CAP_NET_RAW", "can capture")
_ABSENT = Check("extras", "live", Mark.ABSENT, "no scapy", "captures", "pip install x")
_BROKEN = Check("plug-ins", "doves", Mark.BROKEN, "carrier", "left out " * 20)


def _printed(*checks: Check, width: int = 80) -> list[str]:
    console = RoleConsole(StringIO())
    console.width = width
    print_checkup(console, "protocol-inspect 1", checks)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().splitlines()


def test_each_line_has_a_mark_and_what_it_means() -> None:
    lines = _printed(_GOOD, _ABSENT)

    assert lines[0] == "protocol-inspect 1"
    assert lines[2:4] == ["Capture", "✓ python  CAP_NET_RAW  can capture"]
    assert lines[5:8] == [
        "Extras",
        "– live    no scapy     captures",
        "          fix  pip install x",
    ]


def test_what_is_absent_is_summed_up() -> None:
    (*_, last) = _printed(_GOOD, _ABSENT)

    assert last.endswith("Captures can be read; absent: live.")


def test_what_is_broken_is_counted() -> None:
    (*_, last) = _printed(_GOOD, _ABSENT, _BROKEN)

    assert last == "✗ 1 of 3 broken, 1 absent."


def test_nothing_is_missing() -> None:
    assert _printed(_GOOD)[-1] == "✓ All is here."


def test_long_sentences_fold_and_commands_do_not() -> None:
    command = "sudo " + "x" * 200
    lines = _printed(_BROKEN._replace(fix=command), width=60)

    assert max(len(line) for line in lines if "fix" not in line) <= 60
    assert any(line.endswith(command) for line in lines)


def test_programs_get_a_line_of_json_for_each() -> None:
    (first, second) = map(json.loads, checkup_lines([_GOOD, _ABSENT]))

    assert first == {
        "type": "check",
        "group": "capture",
        "name": "python",
        "mark": "good",
        "found": "CAP_NET_RAW",
        "meaning": "can capture",
        "fix": "",
    }
    assert second["fix"] == "pip install x"


def test_what_others_wrote_moves_no_cursor() -> None:
    hostile = _BROKEN._replace(found="\x1b[2J", meaning="\x1b[2J", fix="rm \x1b[2J")

    assert "\x1b" not in "".join(_printed(hostile))
