"""The table of ``docs/systems.md``, whose commands the tests of the demos run."""

from __future__ import annotations

import re
import shlex
import time
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from captures.processes import QUIET, capturing
from tests.inspector.captures import ROOT
from tests.inspector.command import run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = ROOT / "docs" / "systems.md"
NOTHING = "–"
_ROW = re.compile(r"^\| `(\w+)`: [^|]+ \|(.+)\|$", re.MULTILINE)
_CODE = re.compile(r"`([^`]+)`")


class System(NamedTuple):
    """A row: what is typed for each of the ways to run a system, in parts.

    Attributes:
        python: Of the whole system, in one process.
        nest: One for each program.
        mixed: Programs of both.
        wire: What shows it on the wire.
        tests: The files of the tests.
    """

    python: list[list[str]]
    nest: list[list[str]]
    mixed: list[list[str]]
    wire: list[list[str]]
    tests: list[str]


@cache
def systems() -> dict[str, System]:
    """Return the rows of the table by the name of their application."""
    page = PAGE.read_text(encoding="utf-8")
    return {name: _system(cells) for name, cells in _ROW.findall(page)}


def _system(cells: str) -> System:
    *typed, tests = [_CODE.findall(cell) for cell in cells.split("|")]
    python, nest, mixed, wire = [
        [shlex.split(part) for line in lines for part in line.split(" & ")]
        for lines in typed
    ]
    return System(python, nest, mixed, wire, tests)


def of_python(application: str) -> list[str]:
    """Return what follows ``python`` where a system is run."""
    (words,) = systems()[application].python
    assert words[0] == "python"
    return words[1:]


def check_nest(application: str, folder: str) -> None:
    """Require that the table runs a program in Nest."""
    assert ["nest", folder] in systems()[application].nest, f"{PAGE}: nest {folder}"


class Shown:
    """What the command of the table shows, once the capture is over.

    Attributes:
        text: That.
    """

    text = ""


@contextmanager
def on_the_wire(
    application: str, folder: Path, *ports: int, names: str = ""
) -> Iterator[Shown]:
    """Capture meanwhile, and then run the command of the table over that.

    Args:
        application: The application.
        folder: Where the capture goes.
        ports: Which ports take part.
        names: The URL of the Consul in the command, if there is one.
    """
    pcap, shown = folder / "demo.pcap", Shown()
    with capturing(" or ".join(f"tcp port {each}" for each in ports), pcap):
        yield shown
        if names:  # which are gone soon
            time.sleep(QUIET)
            shown.text = shows(application, pcap, names)
    if not names:
        shown.text = shows(application, pcap)


def shows(application: str, pcap: Path, names: str = "") -> str:
    """Return what the command of the table shows of a capture.

    Args:
        application: The application.
        pcap: What the table calls demo.pcap.
        names: What it calls ``consul://127.0.0.1:8500``.
    """
    (words,) = systems()[application].wire
    program, *arguments = words
    assert program == "protocol-inspect"
    own: dict[str, str | Path] = {"demo.pcap": pcap, "consul://127.0.0.1:8500": names}
    ended = run(*(own.get(each, each) for each in arguments))
    assert ended.code == 0, ended.err
    return ended.out
