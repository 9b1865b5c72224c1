"""A shell takes the names as they were meant."""

from __future__ import annotations

import subprocess

import pytest

from inspector.views.shell_words import shell_names


@pytest.mark.parametrize("name", ["a b.pcap", "it's.pcap", "$HOME", "a;b", "求.pcap"])
def test_a_shell_gives_back_the_names(name: str) -> None:
    script = f"printf '%s|' {shell_names([name, 'c'])}"
    given = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True)

    assert given.stdout.decode() == f"{name}|c|"


def test_a_name_with_a_dash_is_no_option_and_stdin_is_a_dash() -> None:
    assert shell_names(["-x.pcap", "-"]) == "./-x.pcap -"


def test_what_a_terminal_would_obey_is_escaped() -> None:
    assert "\x1b" not in shell_names(["a\x1b[2J"])
