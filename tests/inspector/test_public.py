"""What ``inspector`` itself offers: the library's names, and the map of the package."""

from __future__ import annotations

import ast
import inspect as reflection
import re
import subprocess
import sys
from pathlib import Path

import pytest

import inspector
from tests.inspector.captures import ROOT, SEED
from tests.patience import PATIENCE

_MAP = (inspector.__doc__ or "").partition("The words:")[0]
_HELPED = {"inspect", "Inspection", "Exchange", "Finding", "Report"}


def _loaded_by(statement: str) -> set[str]:
    program = f"{statement}\nimport sys\nprint(*sys.modules)"
    printed = subprocess.run(
        [sys.executable, "-I", "-c", program],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    ).stdout
    return set(printed.split())


def test_the_exports_are_sorted_and_can_be_listed() -> None:
    exported = inspector.__all__

    assert sorted(exported, key=lambda name: (not name.isupper(), name)) == exported
    assert {*exported} <= {*dir(inspector)}
    assert {*exported} >= _HELPED


def test_who_checks_types_is_offered_the_same_names() -> None:
    tree = ast.parse(Path(inspector.__file__).read_text(encoding="utf-8"))
    (block,) = (
        node
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    typed = [
        alias.asname or alias.name
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]

    assert sorted(typed) == sorted(inspector.__all__)


@pytest.mark.parametrize("name", inspector.__all__)
def test_the_guide_names_every_export(name: str) -> None:
    guide = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")

    assert re.search(rf"\b{name}\b", guide)


@pytest.mark.parametrize("name", inspector.__all__)
def test_every_export_is_there_and_documented(name: str) -> None:
    value = getattr(inspector, name)

    assert value is getattr(inspector, name)
    if name == "UNDEFINED":
        return
    assert value.__name__ == name
    assert (reflection.getdoc(value) or "").strip()
    for member, own in vars(value).items() if reflection.isclass(value) else []:
        if not member.startswith("_") and (
            reflection.isfunction(own) or isinstance(own, property)
        ):
            assert reflection.getdoc(own), f"{name}.{member}"


def test_a_name_that_is_none_is_none() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Exchanges'"):
        inspector.Exchanges  # type: ignore[attr-defined]  # noqa: B018


def test_the_package_costs_nothing_before_a_name_is_asked_for() -> None:
    loaded = _loaded_by("import inspector")

    assert {each for each in loaded if each.startswith(("inspector", "protocol"))} == {
        "inspector"
    }
    assert not loaded & {"msgspec", "click", "rich", "dpkt", "lark"}


def test_the_library_loads_no_command_and_no_screen() -> None:
    loaded = _loaded_by("from inspector import *")

    assert "inspector.library.inspection" in loaded
    assert not loaded & {"click", "rich", "lark", "scapy", "construct", "inspector.cli"}
    assert not any(each.startswith("inspector.views") for each in loaded)


def test_the_command_loads_nothing_of_the_library_but_the_pass() -> None:
    loaded = _loaded_by("import inspector.commands.report")

    assert {each for each in loaded if each.startswith("inspector.library.")} == {
        "inspector.library.given",
        "inspector.library.passes",
    }


def test_the_map_names_every_module_and_nothing_else() -> None:
    package = Path(inspector.__file__).parent
    modules = {
        path.stem
        for path in package.iterdir()
        if path.suffix == ".py" or (path.is_dir() and not path.name.startswith("_"))
    }
    named = re.findall(r"^([a-z_]+) {2,}\S", _MAP, re.MULTILINE)

    assert len(named) == len(set(named))
    assert set(named) == modules - {"__init__"}


_SAMPLE = """
from __future__ import annotations

from typing import assert_type

from inspector import (
    Exchange, Finding, Findings, Inspection, Kind, Limits, Outcome, PacketRecord,
    Pattern, Reply, Report, Severity, inspect,
)

seen = inspect({capture!r}, where=lambda call: call.latency_ns, ports=[8888])
assert_type(seen, Inspection)
for call in seen:
    assert_type(call, Exchange)
    assert_type(call.latency_ms, float | None)
    assert_type(call.route, str | None)
    assert_type(call.replies, tuple[Reply, ...])
    assert_type(call.packets, int)
    if call.kind is Kind.MESSAGE and call.outcome == Outcome.ERROR:
        print(call.err["message"])
for item in seen.items():
    assert_type(item, Exchange | Finding)
assert_type(seen.findings, Findings)
assert_type(seen.findings[0], Finding)
assert_type(seen.findings[0].severity, Severity)
assert_type(seen.report, Report)
assert_type(seen.report.patterns["sum"], Pattern)
assert_type(seen.report.patterns["sum"].p99_ms, float | None)
with inspect(["a.pcap", "b.pcap"], limits=Limits()) as several:
    assert_type(several.partial.exchanges, list[Exchange])
with open("a.pcap", "rb") as file:
    inspect(file)
inspect(PacketRecord(1, 2, 1, b"", 0) for _ in range(2))
inspect(7)  # E: arg-type
from inspector import Exchanges  # E: attr-defined
inspect("a.pcap", nest=12)  # E: arg-type
inspect("a.pcap", where=lambda call: call.rout)  # E: attr-defined
call.number = 3  # E: misc
"""


def test_the_library_is_typed_for_who_is_strict(tmp_path: Path) -> None:
    sample = _SAMPLE.format(capture=str(SEED))
    (tmp_path / "sample.py").write_text(sample, encoding="utf-8")
    options = ["--strict", "--config-file=", f"--cache-dir={tmp_path / 'cache'}"]
    mypy = subprocess.run(
        [sys.executable, "-m", "mypy", *options, tmp_path / "sample.py"],
        check=False,
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        timeout=300,
    )

    expected = {
        (number, code)
        for number, line in enumerate(sample.splitlines(), start=1)
        for code in re.findall(r"# E: ([a-z-]+)", line)
    }
    errors = re.findall(r"sample\.py:(\d+): error: .*\[([a-z-]+)\]", mypy.stdout)
    assert {(int(number), code) for number, code in errors} == expected, mypy.stdout
