"""What the tests have in common: an option, no deadline for hypothesis, and Ctrl-C.

A deadline is a time, and a time says more about the machine than about the code. A
shell that starts the tests in the background has SIGINT ignored, and every process
that a test starts would inherit that. Nobody's own settings are read.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import settings

if TYPE_CHECKING:
    import pytest

settings.register_profile("protocol-inspect", deadline=None)
settings.load_profile("protocol-inspect")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what the command says now to tests/golden, for git diff to show",
    )


def pytest_configure() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    nowhere = Path(__file__).with_name("no-settings")  # tshark wants no file there
    os.environ["XDG_CONFIG_HOME"] = str(nowhere)
