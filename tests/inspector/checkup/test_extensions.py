"""Which parts in C are in use, and what that means."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

import protocol
from inspector.checkup.check import Mark
from inspector.checkup.extensions import extensions, summary
from protocol.native import PURE
from tests.inspector.command import run, spawn

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PURE, raising=False)


def test_what_was_compiled_is_in_use() -> None:
    assert [(check.name, check.mark, check.found) for check in extensions()] == [
        ("cut", Mark.GOOD, "in use"),
        ("scan", Mark.GOOD, "in use"),
    ]
    assert summary() == "with its C extensions"


def test_what_does_not_load_is_absent_and_python_does_its_work(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "_cut.abi3.so").write_bytes(b"of another machine")
    monkeypatch.setattr(protocol, "__path__", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "protocol._cut")
    check = next(extensions())

    assert (check.mark, check.found) == (Mark.ABSENT, "does not load")
    assert check.meaning.startswith("Python cuts frames")


def test_what_was_not_compiled_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "protocol._cut", None)
    check = next(extensions())

    assert (check.mark, check.found) == (Mark.ABSENT, "was not compiled")
    assert "with a C compiler" in check.meaning
    assert summary() == "without its C extension protocol._cut"


def test_what_was_compiled_from_other_sources_is_absent_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.modules["protocol._cut"], "INTERFACE", 0)
    check = next(extensions())

    stale = "was compiled from other sources"
    assert (check.mark, check.found) == (Mark.ABSENT, stale)
    assert "with a C compiler" in check.meaning
    assert summary() == f"without its C extension protocol._cut ({stale})"


def test_python_alone_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PURE, "1")

    assert {check.fix for check in extensions()} == {f"unset {PURE}"}
    assert run("--version").out.endswith(", without its C extensions: pure Python\n")


def test_a_program_that_is_to_be_pure_loads_no_extension(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(PURE, "1")
    outcome = spawn("doctor")

    assert outcome.returncode == 0
    assert outcome.stdout.count(f"{PURE} is set".encode()) == 2
