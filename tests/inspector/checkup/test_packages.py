"""The extras and what others bring: what loads, what does not, and why."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint, PackageNotFoundError
from typing import TYPE_CHECKING, Any

import pytest

from inspector import plugins
from inspector.checkup import packages
from inspector.checkup.check import Mark
from inspector.checkup.packages import extras, third_party
from inspector.findings import catalogue
from inspector.installing import pip_command
from tests.inspector.carriers.plugged import registered

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def afresh() -> Iterator[None]:
    """Let the findings of others be loaded anew, and be forgotten after the test."""
    catalogue._load_added.cache_clear()  # noqa: SLF001
    yield
    catalogue._load_added.cache_clear()  # noqa: SLF001


def test_an_extra_is_told_with_its_version() -> None:
    found = {check.name: check for check in extras()}

    assert list(found) == [
        *["live", "fast", "metrics", "otlp", "tls", "html", "parquet", "query", "png"],
        *["web", "fleet", "prompt", "tui"],
    ]
    assert found["live"].mark is Mark.GOOD
    assert found["live"].found.startswith("scapy 2")


def test_an_absent_extra_names_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(packages, "version", unknown)
    live = next(extras())

    assert (live.mark, live.fix) == (Mark.ABSENT, pip_command("install", "scapy"))


def test_an_extra_that_cannot_be_imported_is_broken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "scapy", None)
    live = next(extras())

    assert live.mark is Mark.BROKEN
    assert live.meaning.startswith("ModuleNotFoundError")


def test_third_party_carriers_load_or_are_broken() -> None:
    good = "tests.inspector.carriers.toy.pigeon_post:carrier"
    with registered(pigeons=good, doves="no_such_package:carrier"):
        doves, pigeons = third_party()

    assert (pigeons.name, pigeons.mark) == ("pigeons", Mark.GOOD)
    assert (doves.name, doves.mark) == ("doves", Mark.BROKEN)
    assert "No module named 'no_such_package'" in doves.meaning


@pytest.mark.usefixtures("afresh")
def test_third_party_findings_that_do_not_load_are_broken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = EntryPoint("birds", "no_such_package", catalogue.GROUP)
    known: dict[str, Any] = {catalogue.GROUP: [entry]}
    monkeypatch.setattr(plugins, "entry_points", lambda group: known.get(group, ()))
    (birds,) = third_party()

    assert (birds.group, birds.mark) == ("plug-ins", Mark.BROKEN)
    assert "no_such_package" in birds.meaning


def test_without_any_there_is_nothing_to_say() -> None:
    with registered():
        assert not list(third_party())
