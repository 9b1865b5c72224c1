"""On a terminal: colours for the roles, and no line wider than the screen."""

from __future__ import annotations

import os
import pty
import re
import select
import struct
import subprocess
import termios
from fcntl import ioctl
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from tests.inspector.captures import CAPTURES, OWN, ROOT, SEED, SHOWCASE, name_of
from tests.inspector.command import PROGRAM, run
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def show(
    *arguments: str | Path,
    width: int,
    height: int = 40,
    seen: Callable[[bytes], object] = lambda _: None,
    **environment: str,
) -> str:
    """Run the command on a terminal of its own and return what it shows.

    Args:
        arguments: Of the command.
        width: Columns of the terminal.
        height: Its lines.
        seen: Is given what was shown so far, whenever there is more.
        environment: Variables that are set besides.
    """
    ours, its = pty.openpty()
    ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
    inherited = {
        key: value
        for key, value in os.environ.items()
        if key not in {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR"}
    }
    process = subprocess.Popen(
        [str(PROGRAM), *map(str, arguments)],
        stdin=its,
        stdout=its,
        stderr=its,
        cwd=ROOT,
        env={**inherited, "TERM": "xterm-256color", **environment},
    )
    os.close(its)
    shown = b""
    while select.select([ours], [], [], PATIENCE)[0]:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # Linux says that the other end is closed
            break
        if not piece:
            break
        shown += piece
        seen(shown)
    os.close(ours)
    process.wait(timeout=PATIENCE)
    return shown.decode().replace("\r\n", "\n")


def plain(shown: str) -> list[str]:
    """Return the lines without their colours."""
    return _ESCAPE.sub("", shown).splitlines()


def styles_of(shown: str, words: str) -> set[str]:
    """Return the words of the style in which some words are shown."""
    text = Text.from_ansi(shown)
    place = text.plain.index(words)
    style = text.get_style_at_offset(Console(), place)
    names = {word for word in ("bold", "dim") if getattr(style, word)}
    if style.color is not None and style.color.number is not None:
        names.add(_COLOURS[style.color.number])
    return names


_NARROWEST = 40
_NO_WIDER = [(each, _NARROWEST) for each in CAPTURES] + [
    (each, width) for each in (SEED, SHOWCASE) for width in (80, 120)
]


@pytest.mark.parametrize("command", [[], ["exchanges"]], ids=["report", "exchanges"])
@pytest.mark.parametrize(
    ("capture", "width"),
    _NO_WIDER,
    ids=[f"{name_of(each)}-{width}" for each, width in _NO_WIDER],
)
def test_no_line_is_wider_than_the_screen(
    capture: Path, command: list[str], width: int
) -> None:
    lines = plain(show(*command, capture, width=width))
    assert lines.pop().startswith("next     ")  # which is whole, to be copied
    shown = [
        line
        for before, line in pairwise(["", *lines])
        if not (" see  " in line or before.endswith(" \\"))  # as these are
    ]

    assert len(shown) >= 5
    assert max(map(cell_len, shown)) <= width


@pytest.mark.parametrize(
    ("command", "number"),
    [
        (["exchanges", "--where", "latency < 40ms and number > 100"], 101),
        (["exchanges", "--limit", "3", "--fields", "route"], 1),
        (["timeline"], 5),
        (["ladder", "--where", 'outcome == "completed" and packets > 5'], 4),
        (["ladder", "--connection", "1"], 5),
    ],
)
def test_lists_lead_on_to_the_exchange_that_deserves_a_look(
    command: list[str], number: int
) -> None:
    lines = plain(show(command[0], SHOWCASE, *command[1:], width=80))
    last = next(line for line in reversed(lines) if line.startswith("next"))

    assert last.endswith(f"protocol-inspect show {SHOWCASE} {number}")
    assert "next" not in run(command[0], SHOWCASE, *command[1:]).out


def test_a_list_of_events_leads_nowhere() -> None:
    lines = plain(show("exchanges", SEED, "--where", 'kind == "event"', width=80))

    assert not [line for line in lines if line.startswith("next")]


def test_the_answer_comes_first_and_is_bold() -> None:
    shown = show(SEED, width=80)

    assert plain(shown)[0].startswith("seed-nest12.pcap   86 packets in ")
    assert styles_of(shown, "seed-nest12.pcap") == {"bold"}
    assert styles_of(shown, "Every message call took 2 packets") == {"bold"}
    assert styles_of(shown, "✓ ") == {"green"}


def test_headers_and_what_is_normal_are_dim() -> None:
    shown = show(SEED, width=80)

    assert styles_of(shown, "Packets on the wire") == {"bold"}
    assert styles_of(shown, "exchanges  ") == {"dim"}
    assert styles_of(shown, "request, reply") == {"dim"}
    assert styles_of(shown, "warning  ") == {"yellow"}
    assert styles_of(shown, "fix  ") == {"green"}
    assert styles_of(shown, "next ") == {"dim"}
    assert styles_of(shown, "protocol-inspect ladder") == {"cyan"}


def test_what_differs_is_a_note_and_an_error_is_bold_red() -> None:
    report = show(SHOWCASE, width=80)
    listed = show("exchanges", SHOWCASE, width=80)

    assert styles_of(report, "≠ ") == {"blue"}
    assert styles_of(report, "error ") == {"bold", "red"}
    assert styles_of(listed, "no handler") == {"bold", "red"}
    assert styles_of(listed, "no value") == {"yellow"}


@pytest.mark.parametrize("command", [[], ["exchanges"]], ids=["report", "exchanges"])
def test_no_color_is_honoured(command: list[str]) -> None:
    shown = show(*command, SEED, width=80, NO_COLOR="1")

    assert not re.search(r"\x1b\[(?:\d+;)*(?:3\d|9\d)(?:;\d+)*m", shown)
    assert plain(shown) == plain(show(*command, SEED, width=80))


def test_a_terminal_shows_what_a_pipe_gets() -> None:
    for capture in OWN:
        for command in ([], ["exchanges"]):
            piped = subprocess.run(
                [PROGRAM, *command, capture],
                check=True,
                capture_output=True,
                encoding="utf-8",
                env={**os.environ, "COLUMNS": "80"},
                timeout=PATIENCE,
            ).stdout
            shown = show(*command, capture, width=80, height=400)  # all is seen
            lines = plain(shown)
            if command:  # which leads on, at a terminal
                assert lines[-2:] == ["", lines[-1]]
                assert lines.pop().startswith("next     ")
                lines.pop()
            assert lines == piped.splitlines()


def test_an_error_folds_at_a_blank_with_an_indent(tmp_path: Path) -> None:
    name = tmp_path / f"{'a' * 30}.pcap"
    lines = plain(show(name, width=50))

    assert lines[0].startswith("protocol-inspect:")
    assert len(lines) > 1
    assert all(line.startswith("  ") for line in lines[1:])
    assert " ".join(line.strip() for line in lines).endswith("no such file")


def test_the_name_of_the_program_tells_an_error_from_a_warning(tmp_path: Path) -> None:
    failed = show(tmp_path / "nope.pcap", width=200)
    web = tmp_path / "nothing.pcap"
    web.write_bytes(SEED.read_bytes()[:24])
    warned = show(web, width=200)

    assert styles_of(failed, "protocol-inspect:") == {"bold", "red"}
    assert styles_of(warned, "protocol-inspect:") == {"yellow"}
    assert styles_of(failed, "no such file") == set()
