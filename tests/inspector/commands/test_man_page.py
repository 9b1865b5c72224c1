"""The pages of docs/ for man: it has no complaint, and shows what is typed."""

from __future__ import annotations

import re
import subprocess
import tomllib
from typing import TYPE_CHECKING

import click
import pytest

from inspector.cli import command
from inspector.commands.man_page import man_page
from tests.inspector.captures import ROOT
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

_PAGES = [ROOT / "docs" / f"protocol-{name}.1" for name in ("call", "inspect", "serve")]
_CALL, _INSPECT, _SERVE = _PAGES
_NAMES = command.list_commands(click.Context(command))
_OVERSTRUCK = re.compile(".\b")


def test_the_page_is_plain_ascii() -> None:
    assert man_page(command).isascii()


@pytest.mark.parametrize("page", _PAGES)
def test_groff_has_nothing_to_say(page: Path) -> None:
    made = _groff(page, "-ww", "-z")

    assert (made.returncode, made.stderr) == (0, "")


def test_what_is_shown_has_every_command_and_copies_as_it_is_typed() -> None:
    shown = _OVERSTRUCK.sub("", _groff(_INSPECT, "-P-c").stdout)

    for name in _NAMES:
        assert re.search(rf"^ +{name} ", shown, re.MULTILINE), name
    assert "--where EXPRESSION" in shown
    assert 'protocol-inspect explain \'14#{"a":"é😀"}\'' in shown


def test_the_page_of_protocol_call_has_its_options_and_exit_codes() -> None:
    shown = _OVERSTRUCK.sub("", _groff(_CALL, "-P-c").stdout)

    for words in (
        "protocol-call - call a NestJS microservice over TCP",
        "protocol-call COMMAND ...",
        "send [OPTIONS] HOST:PORT PATTERN [DATA]",
        "--stream",
        """protocol-call send 127.0.0.1:8888 '{"cmd":"sum"}' '[1,2,3]'""",
        "no reply in time",
        "protocol-inspect(1)",
    ):
        assert words in shown, words
    assert shown.count("--timeout SECONDS") == 1


def test_the_page_of_a_single_command_has_its_options_and_exit_codes() -> None:
    shown = _OVERSTRUCK.sub("", _groff(_SERVE, "-P-c").stdout)

    for words in (
        "protocol-serve - serve NestJS microservice calls",
        "protocol-serve [OPTIONS] MODULE[:SERVICE]",
        "protocol-serve shop.orders:make_service --factory --reload",
        "--health-port PORT",
        "the address cannot be listened on",
    ):
        assert words in shown, words
    assert "COMMANDS" not in shown
    assert "--life-fd" not in shown


def _groff(page: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["groff", "-man", "-Tutf8", *options, page],  # noqa: S607
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 5])
def test_every_exit_code_is_described(code: int) -> None:
    after = man_page(command).partition(".SH EXIT STATUS")[2]

    assert f"\n.TP\n\\fB{code}\\fR\n" in after


def test_a_wheel_has_the_page_where_man_looks() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    files = project["tool"]["setuptools"]["data-files"]

    assert files == {"share/man/man1": [str(page.relative_to(ROOT)) for page in _PAGES]}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a-b", r"a\-b"),
        (r"a\b", r"a\eb"),
        ("it's", r"it\(aqs"),
        ("é😀", r"\[u00E9]\[u1F600]"),
        (".PP", r"\&.PP"),
    ],
)
def test_what_roff_would_read_is_escaped(text: str, written: str) -> None:
    root = click.Group("one", help=f"Name.\n\n{text}")

    assert f"\n.PP\n{written}\n" in man_page(root)
