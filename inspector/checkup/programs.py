"""Python, and the programs that work together with this one."""

from __future__ import annotations

import platform
import shutil
import sys
from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

from .check import Check, Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

_GROUP = "programs"


class _Program(NamedTuple):
    """A program, what it is for, and the packages that have it.

    Attributes:
        name: The program.
        purpose: What it is for.
        packages: Package manager → the package that has it.
    """

    name: str
    purpose: str
    packages: dict[str, str]


_INSTALL = {
    "apt": "sudo apt install {}",
    "dnf": "sudo dnf install {}",
    "apk": "sudo apk add {}",
    "brew": "brew install {}",
}
"""Package manager → how it installs a package."""

_PROGRAMS = (
    _Program("tcpdump", "records captures", dict.fromkeys(_INSTALL, "tcpdump")),
    _Program(
        "dumpcap",
        "records captures in a ring of files",
        {
            "apt": "wireshark-common",
            "dnf": "wireshark-cli",
            "apk": "wireshark-common",
            "brew": "wireshark",
        },
    ),
    _Program(
        "tshark",
        "uses the dissector for Wireshark",
        {
            "apt": "tshark",
            "dnf": "wireshark-cli",
            "apk": "tshark",
            "brew": "wireshark",
        },
    ),
    _Program(
        "node",
        "runs Nest; only the tests need it",
        {"apt": "nodejs", "dnf": "nodejs", "apk": "nodejs", "brew": "node"},
    ),
)


def programs() -> Iterator[Check]:
    """Yield the version of Python, and which programs there are."""
    version = platform.python_version()
    yield Check(_GROUP, "python", Mark.GOOD, version, sys.executable)
    manager = next((each for each in _INSTALL if shutil.which(each)), "apt")
    for program in _PROGRAMS:
        yield _look_for(program, manager)


def _look_for(program: _Program, manager: str) -> Check:
    place = shutil.which(program.name)
    if place:
        return Check(_GROUP, program.name, Mark.GOOD, place, program.purpose)
    fix = _INSTALL[manager].format(program.packages[manager])
    return Check(
        _GROUP, program.name, Mark.ABSENT, "not installed", program.purpose, fix
    )
