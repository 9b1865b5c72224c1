"""What the tests have in common: an option, no deadline for hypothesis, and Ctrl-C.

A deadline is a time, and a time says more about the machine than about the code. A
shell that starts the tests in the background has SIGINT ignored, and every process
that a test starts would inherit that. Nobody's own settings are read or written.
Garbage is sought as seldom as the command does, and never in the tests themselves.
"""

from __future__ import annotations

import gc
import os
import signal
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.workers import Workers, places, unit

if TYPE_CHECKING:
    from xdist.remote import Producer

settings.register_profile("protocol-inspect", deadline=None)
settings.load_profile("protocol-inspect")
_SETTINGS = TemporaryDirectory(prefix="no-settings-")
_THRESHOLDS = 50_000, 2, 2  # those of the command, which most tests run
gc.disable()  # until all tests are collected


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what the command says now to tests/golden, for git diff to show",
    )


def pytest_configure() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # An empty folder: tshark ends with a segmentation fault where this is a file.
    os.environ["XDG_CONFIG_HOME"] = _SETTINGS.name
    os.environ["XDG_STATE_HOME"] = _SETTINGS.name


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Workers | None:
    if config.getoption("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False  # they are in order
    return Workers(config, log)


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    if hasattr(config, "workerinput"):
        place = places(item.nodeid for item in items)
        items.sort(key=lambda item: place[unit(item.nodeid)])


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    # The tests that were collected, which are two million objects, stay to the end.
    gc.enable()
    gc.set_threshold(*_THRESHOLDS)
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    _SETTINGS.cleanup()
