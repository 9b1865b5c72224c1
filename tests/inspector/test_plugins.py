"""Packages of others are found as importlib finds them, and their errors contained."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from importlib.metadata import EntryPoint
from importlib.metadata import entry_points as all_entry_points
from typing import TYPE_CHECKING

import pytest

import protocol
from inspector import plugins
from inspector.carriers.registry import GROUP
from tests.inspector.captures import SEED
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

_TEXT = f"[{GROUP}]\npigeon = a_package:carrier\n"
_METADATA = "Metadata-Version: 2.1\nName: a-package\nVersion: 1\n"


def _found() -> list[str]:
    return [each.name for each in plugins.entry_points(GROUP)]


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which packages are looked for."""
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    return tmp_path


def _install(folder: Path, text: str, kind: str = "dist-info") -> None:
    metadata = folder / f"a_package-1.{kind}"
    metadata.mkdir()
    name = "METADATA" if kind == "dist-info" else "PKG-INFO"
    (metadata / name).write_text(_METADATA)
    (metadata / "entry_points.txt").write_text(text)


@pytest.mark.parametrize("kind", ["dist-info", "egg-info"])
def test_a_package_that_registers_a_carrier_is_found(only: Path, kind: str) -> None:
    _install(only, _TEXT, kind)

    assert _found() == ["pigeon"]


def test_so_it_is_in_the_folder_in_which_python_was_started(
    only: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install(only, _TEXT)
    monkeypatch.setattr(sys, "path", [""])
    monkeypatch.chdir(only)

    assert _found() == ["pigeon"]


def test_so_it_is_in_an_archive(only: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = only / "packages.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("a_package-1.dist-info/METADATA", _METADATA)
        packed.writestr("a_package-1.dist-info/entry_points.txt", _TEXT)
    monkeypatch.setattr(sys, "path", [str(archive)])

    assert _found() == ["pigeon"]


def test_nobody_is_asked_where_no_package_names_the_group(
    only: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install(only, "[console_scripts]\nfly = a_package:main\n")
    monkeypatch.setattr(sys, "path", [str(only), str(only / "missing")])
    asked = list[object]()
    monkeypatch.setattr("importlib.metadata.entry_points", asked.append)

    assert _found() == []
    assert asked == []


def test_an_egg_is_asked(only: Path) -> None:
    _install(only, "[console_scripts]\nfly = a_package:main\n")
    (only / "other.egg").mkdir()

    assert _found() == []


def test_what_cannot_be_read_is_asked(only: Path) -> None:
    (only / "a_package-1.dist-info" / "entry_points.txt").mkdir(parents=True)

    assert plugins._may_name(GROUP, only)  # noqa: SLF001 — importlib only passes it over


def test_here_it_is_what_importlib_finds() -> None:
    assert _found() == [each.name for each in all_entry_points(group=GROUP)]


def test_a_list_does_not_wait_for_the_metadata_of_packages() -> None:
    """Unless something is installed here, which the test before would show."""
    program = (
        "import sys; from inspector.cli import main;"
        f"code = main(['exchanges', {str(SEED)!r}]);"
        "print(code, 'importlib.metadata' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )

    installed = bool(list(all_entry_points(group=GROUP)))
    assert done.stdout.splitlines()[-1] == f"0 {installed}"


class _Warning(UserWarning):
    """What is warned of here."""


def _given(monkeypatch: pytest.MonkeyPatch, **places: str) -> None:
    entries = [EntryPoint(*each, GROUP) for each in places.items()]
    monkeypatch.setattr(plugins, "entry_points", lambda _: entries)


def test_what_entries_name_is_loaded_in_the_order_of_their_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _given(monkeypatch, b="json:dumps", a="json:loads")

    loaded = list(plugins.load(GROUP, "thing {} is left out", _Warning))

    assert [(entry.name, found) for entry, found in loaded] == [
        ("a", json.loads),
        ("b", json.dumps),
    ]


def test_what_does_not_load_or_cannot_be_used_is_left_out_with_a_warning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def problem_of(found: object) -> str:
        if found is json.dumps:
            raise SystemExit(3)
        return "it is unfit" if found is json.load else ""

    _given(monkeypatch, a="no_such:thing", b="json:dumps", c="json:load", d="json:dump")

    with pytest.warns(_Warning) as caught:
        loaded = [
            entry.name
            for entry, _ in plugins.load(GROUP, "{} is out", _Warning, problem_of)
        ]

    assert loaded == ["d"]
    assert [str(each.message).partition(" (test_plugins")[0] for each in caught] == [
        "a (no_such:thing) is out: ModuleNotFoundError: No module named 'no_such'",
        "b (json:dumps) is out: SystemExit: 3",
        "c (json:load) is out: it is unfit",
    ]


def test_a_guard_returns_what_is_asked_for() -> None:
    assert plugins.Guard("bird 1", _Warning).ask("fly", lambda: 7, 0) == 7


def test_a_guard_warns_once_of_each_part_that_fails() -> None:
    guard = plugins.Guard("bird 1", _Warning)

    def fail() -> int:
        raise ValueError("no   such\nwing")

    with pytest.warns(_Warning) as caught:
        found = [guard.ask(part, fail, 9) for part in ("fly", "fly", "sing")]

    assert found == [9, 9, 9]
    assert [str(each.message).partition(" (")[0] for each in caught] == [
        "bird 1 fails to fly: ValueError: no such wing",
        "bird 1 fails to sing: ValueError: no such wing",
    ]


def test_a_request_to_stop_is_no_failure() -> None:
    def stop() -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        plugins.Guard("bird 1", _Warning).ask("fly", stop, 0)


class _UnspeakableError(Exception):
    def __str__(self) -> str:
        raise ValueError("I have no words")


@pytest.mark.parametrize(
    ("error", "words", "said"),
    [
        (ValueError("no such bird"), True, "ValueError: no such bird"),
        (ValueError("no such bird"), False, "ValueError"),
        (ValueError(), True, "ValueError"),
        (ValueError("x" * 300), True, f"ValueError: {'x' * 200}"),
        (_UnspeakableError(), True, "_UnspeakableError"),
    ],
)
def test_an_error_is_described_by_its_type_and_its_words(
    error: Exception, *, words: bool, said: str
) -> None:
    assert plugins.described(error, words=words) == said


def test_an_error_is_described_with_the_last_third_party_line() -> None:
    with pytest.raises(ValueError, match="text ends") as raised:
        protocol.loads(b"{")  # which is ours, and raises it

    assert re.search(r" \(test_plugins\.py:\d+\)$", plugins.described(raised.value))


@pytest.mark.parametrize("error", [SystemExit(0), SystemExit("bye"), GeneratorExit()])
def test_nothing_of_a_third_party_ends_the_program(error: BaseException) -> None:
    def end() -> int:
        raise error

    with pytest.warns(_Warning, match="bird 1 fails to fly"):
        assert plugins.Guard("bird 1", _Warning).ask("fly", end, 9) == 9
