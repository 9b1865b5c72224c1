from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import servers
from tests.patience import PATIENCE


def test_the_exports_are_sorted_and_can_be_listed() -> None:
    exported = servers.__all__

    assert sorted(exported, key=lambda name: (not name.isupper(), name)) == exported
    assert {*exported} <= {*dir(servers)}


def test_who_checks_types_is_offered_the_same_names() -> None:
    tree = ast.parse(Path(servers.__file__).read_text(encoding="utf-8"))
    (block,) = (
        node
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    typed = {
        alias.name: f"servers.{node.module}" if node.level else node.module
        for node in imports
        for alias in node.names
    }

    assert sorted(typed) == sorted(servers.__all__)
    for name, home in typed.items():
        assert getattr(servers, name) is getattr(sys.modules[str(home)], name)


def test_the_package_costs_nothing_before_a_name_is_asked_for() -> None:
    program = "import sys, servers; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-I", "-c", program],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    ).stdout.split()

    assert [each for each in loaded if each.startswith("servers")] == ["servers"]
    assert not {"asyncio", "msgspec", "protocol", "ssl"} & {*loaded}


def test_a_name_that_is_not_offered_is_refused_by_its_name() -> None:
    with pytest.raises(AttributeError, match="'servers' has no attribute 'Nobody'"):
        _ = servers.Nobody  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", [each for each in servers.__all__ if each.isalnum()])
def test_every_export_is_documented(name: str) -> None:
    value = getattr(servers, name)
    if not inspect.isclass(value) and not inspect.isfunction(value):
        return  # a type, or a value

    assert (inspect.getdoc(value) or "").strip(), f"{name}: docstring"
    members = vars(value).items() if inspect.isclass(value) else []
    for member, method in members:
        if inspect.isfunction(method) and not member.startswith("_"):
            assert inspect.getdoc(method), f"{name}.{member}: docstring"


def test_every_error_says_when_it_is_raised() -> None:
    for name in servers.__all__:
        value = getattr(servers, name)
        if inspect.isclass(value) and issubclass(value, Exception):
            assert name.endswith("Error")
            assert value.__doc__, f"{name}: docstring"
