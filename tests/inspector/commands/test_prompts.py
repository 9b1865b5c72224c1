"""Arguments that are asked for at a real terminal, and in no pipe."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.asking import END, INTERRUPT, asked
from tests.inspector.captures import SEED
from tests.inspector.command import PROGRAM, run

if TYPE_CHECKING:
    from pathlib import Path


def test_a_capture_and_a_number_are_asked_for_until_they_are_right(
    tmp_path: Path,
) -> None:
    shutil.copy(SEED, tmp_path / "a seed.pcap")
    with asked(tmp_path, "show") as command:
        command.answer("Capture ['a seed.pcap']:", "none.pcap\n")
        command.answer("there is no file none.pcap\nCapture ['a seed.pcap']:", "\n")
        command.answer("Exchange (its number) [1]:", "two\n")
        command.answer("Exchange (its number) [1]:", "#2\n")
        code, shown = command.ended()

    assert code == 0
    assert "#2  sum" in shown


def test_without_a_command_the_report_asks_for_a_capture(tmp_path: Path) -> None:
    with asked(tmp_path) as command:
        command.answer("Capture:", f"{SEED}\n")
        code, shown = command.ended()

    assert code == 0
    assert "Every message call took 2 packets" in shown


@pytest.mark.parametrize("key", [INTERRUPT, END])
def test_whoever_does_not_answer_interrupts(tmp_path: Path, key: str) -> None:
    with asked(tmp_path, "exchanges") as command:
        if key == INTERRUPT:
            command.interrupt("Capture:")
        else:
            command.answer("Capture:", key)
        code, shown = command.ended()

    assert code == 130
    assert "Traceback" not in shown
    assert shown.endswith("\n")


def test_every_other_command_asks_for_what_it_needs(tmp_path: Path) -> None:
    with asked(tmp_path, "explain") as command:
        command.answer('Frame (as it is sent, 7#{"a":1}):', "3#nul\n")
        code, shown = command.ended()
    assert (code, "3#nul" in shown) == (0, True)

    with asked(tmp_path, "completion") as command:
        command.answer("Shell (bash, zsh, fish) [fish]:", "csh\n")
        command.answer("Shell (bash, zsh, fish) [fish]:", "\n")
        code, shown = command.ended()
    assert (code, "complete" in shown) == (0, True)

    with asked(tmp_path, "proxy") as command:
        command.answer("Listen (PORT or HOST:PORT):", "x\n")
        command.answer("Listen (PORT or HOST:PORT):", "0\n")
        command.answer("Target (HOST:PORT of the service):", "8889\n")
        command.interrupt("Target (HOST:PORT of the service):")
        assert command.ended()[0] == 130

    with asked(tmp_path, "live") as command:
        command.answer("Interface [lo]:", "none0\n")
        command.interrupt("Interface [lo]:")
        assert command.ended()[0] == 130


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "no capture is named; try --help"),
        (["exchanges"], "Missing argument 'CAPTURE...'"),
        (["show", str(SEED)], "which exchange?"),
        (["explain"], "Missing argument 'TEXT'"),
        (["live"], "name an interface with -i, or - for a pipe"),
    ],
)
def test_nobody_is_asked_in_a_pipe(arguments: list[str], words: str) -> None:
    ended = run(*arguments)

    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err


def test_nobody_is_asked_if_only_the_input_is_a_terminal(tmp_path: Path) -> None:
    command = f"{PROGRAM} exchanges > out.json"
    with asked(tmp_path, "-c", command, program="/bin/sh") as shell:
        code, shown = shell.ended()

    assert (code, "Missing argument" in shown) == (2, True)
    assert not (tmp_path / "out.json").read_bytes()
