"""What is installed is ours, whole, and nothing else."""

from __future__ import annotations

import tomllib
from importlib.metadata import distribution, entry_points, packages_distributions
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PACKAGES = ["protocol", "inspector", "servers"]


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_distribution_provides_our_package(package: str) -> None:
    owners = set(packages_distributions().get(package, ()))

    assert owners <= {"protocol-inspect"}


@pytest.mark.parametrize("package", PACKAGES)
def test_our_package_is_what_is_imported(package: str) -> None:
    assert Path(str(files(package))) == ROOT / package


@pytest.mark.parametrize("package", PACKAGES)
def test_types_ship_with_the_package(package: str) -> None:
    assert files(package).joinpath("py.typed").is_file()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("protocol-inspect", "inspector.cli:main"),
        ("protocol-call", "servers.cli:main"),
        ("protocol-serve", "servers.launching.command:main"),
    ],
)
def test_the_commands_are_installed(name: str, value: str) -> None:
    (command,) = entry_points(group="console_scripts", name=name)

    assert command.value == value
    assert callable(command.load())


def test_every_folder_with_code_is_a_package_that_ships(
    project: dict[str, Any],
) -> None:
    folders = {
        ".".join(module.parent.relative_to(ROOT).parts)
        for package in PACKAGES
        for module in (ROOT / package).rglob("*.py")
    }

    assert set(project["tool"]["setuptools"]["packages"]) == folders


def test_every_dependency_is_pinned(project: dict[str, Any]) -> None:
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {
        canonicalize_name(Requirement(line).name): str(Requirement(line).specifier)
        for line in constraints
        if line.strip() and not line.startswith("#")
    }
    metadata = project["project"]
    required = [
        *metadata["dependencies"],
        *(
            each
            for extra in metadata["optional-dependencies"].values()
            for each in extra
        ),
    ]
    names = {canonicalize_name(Requirement(each).name) for each in required}

    assert names - {"protocol-inspect"} <= pinned.keys()
    loose = [name for name, each in pinned.items() if not each.startswith("==")]
    assert not loose, f"requirements without an exact version: {loose}"
    assert _needed_by("protocol-inspect") <= pinned.keys()


def _needed_by(name: str) -> set[str]:
    """Return what a distribution needs on this machine, directly and indirectly."""
    needed: set[str] = set()
    waiting = [Requirement(f"{name}[dev]")]
    while waiting:
        requirement = waiting.pop()
        extras = requirement.extras or {""}
        for line in distribution(requirement.name).requires or []:
            following = Requirement(line)
            if following.marker is None or any(
                following.marker.evaluate({"extra": extra}) for extra in extras
            ):
                following_name = canonicalize_name(following.name)
                known = following_name in needed and not following.extras
                needed.add(following_name)
                waiting += [] if known else [following]
    return needed - {name}
