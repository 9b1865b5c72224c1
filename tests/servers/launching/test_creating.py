"""What ``protocol-serve new`` writes runs, is typed, and passes its own test."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from servers.launching.command import main
from servers.launching.creating import wanted
from servers.launching.templates import TRANSPORTS
from servers.locating import broker_at, tcp_at
from tests.inspector.captures import ROOT
from tests.patience import PATIENCE
from tests.servers.launching.commands import PROGRAM, serving

if TYPE_CHECKING:
    from pathlib import Path

_ALLOWED = "of a service: letters, digits, - and _, a letter first, at most 60"
_ORDER = '[{"product":"tea","price":2.5,"count":2},{"product":"milk","price":1}]'


def _run(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(map(str, words)),
        check=False,
        capture_output=True,
        cwd=folder,
        encoding="utf-8",
        timeout=PATIENCE,
    )


def test_each_transport_has_a_service_that_is_typed_and_tested(
    tmp_path: Path, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    modules = []
    for transport in TRANSPORTS:
        assert main(["new", f"my-{transport}", "--transport", transport]) == 0
        folder = tmp_path / f"my-{transport}"
        tested = _run(folder, sys.executable, "-m", "pytest", "-q", "-p", "no:xdist")
        assert tested.returncode == 0, tested.stdout
        assert "2 passed" in tested.stdout
        modules += [
            folder / f"my_{transport}.py",
            folder / "tests" / f"test_my_{transport}.py",
        ]

    kept = getattr(pytestconfig, "cache", None)  # what costs the most is done once
    cache = tmp_path if kept is None else kept.mkdir("mypy")
    paths = ":".join(str(tmp_path / f"my-{each}") for each in TRANSPORTS)
    monkeypatch.setenv("MYPYPATH", paths)
    mypy = (sys.executable, "-m", "mypy", "--cache-dir", cache)
    checked = _run(ROOT, *mypy, *modules)  # whose settings are strict, too
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert f"no issues found in {len(modules)} source files" in checked.stdout


def test_a_new_service_runs_and_is_called(tmp_path: Path) -> None:
    made = _run(tmp_path, PROGRAM, "new", "orders")
    assert made.returncode == 0
    assert made.stdout == (
        "cd orders\nprotocol-serve orders tcp://127.0.0.1:8888 --reload\n"
    )
    with serving(tmp_path / "orders", "orders", "tcp://127.0.0.1:0") as service:
        where = f"127.0.0.1:{service.port()}"
        caller = PROGRAM.with_name("protocol-call")
        called = _run(tmp_path, caller, "send", where, "total", _ORDER)
        refused = _run(tmp_path, caller, "send", where, "total", '[{"price":1}]')

    assert called.stdout.strip() in {"6", "6.0"}
    assert "Invalid data" in refused.stderr


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_what_its_files_name_is_what_there_is(
    transport: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "shop-Orders", "--transport", transport]) == 0
    folder = tmp_path / "shop-Orders"
    texts = {
        file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8")
        for file in folder.rglob("*")
        if file.is_file()
    }

    assert set(texts) == {
        "shop_orders.py",
        "tests/test_shop_orders.py",
        "pyproject.toml",
        "Dockerfile",
        ".dockerignore",
        "README.md",
    }
    project = tomllib.loads(texts["pyproject.toml"])
    assert project["project"]["name"] == "shop-Orders"
    assert project["tool"]["setuptools"]["py-modules"] == ["shop_orders"]
    urls = [
        text.replace("$module", "shop_orders")
        for text in (TRANSPORTS[transport].here, TRANSPORTS[transport].there)
    ]
    for url, name in zip(urls, ("README.md", "Dockerfile"), strict=True):
        assert url in texts[name]
        assert tcp_at(url) if transport == "tcp" else broker_at(url)
    assert "COPY shop_orders.py ./" in texts["Dockerfile"]
    assert '"$(ls protocol_inspect-*.whl)[fast' in texts["Dockerfile"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("here", "here exists already"),
        ("json", "a module json is installed; choose another name"),
        ("servers", "a module servers is installed; choose another name"),
        ("class", "class is a word of Python; choose another name"),
        ("1st", f"'1st' is no name {_ALLOWED}"),
        ("a b", f"'a b' is no name {_ALLOWED}"),
    ],
)
def test_what_cannot_be_a_service_is_one_line(
    name: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path)

    assert main(["new", name]) == 2
    assert capsys.readouterr() == ("", f"protocol-serve: {said}\n")
    assert [each.name for each in tmp_path.iterdir()] == ["here"]


def test_a_folder_that_cannot_be_made_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["new", "missing/orders"]) == 1
    assert capsys.readouterr().err == (
        "protocol-serve: missing/orders: cannot write: no such file or directory\n"
    )


def test_a_module_of_that_name_is_still_served(tmp_path: Path) -> None:
    assert wanted(["new", "orders"], tmp_path)
    assert not wanted(["orders", "new"], tmp_path)
    (tmp_path / "new.py").write_text("", encoding="utf-8")
    assert not wanted(["new", "nats://127.0.0.1"], tmp_path)
