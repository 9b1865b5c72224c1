"""The finding that CONTRIBUTING.md adds is one, and its tests pass."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import TYPE_CHECKING

from inspector.findings import registry
from inspector.findings.catalogue import rules
from tests.inspector.conversation import inspected

if TYPE_CHECKING:
    import pytest

_PAGE = (Path(__file__).parents[3] / "CONTRIBUTING.md").read_text(encoding="utf-8")
_SECTION = _PAGE.partition("## Add a finding\n")[2].partition("\n## ")[0]


def _blocks(language: str) -> list[str]:
    found = re.findall(
        rf"^( *)```{language}\n(.*?)^ *```$", _SECTION, re.MULTILINE | re.DOTALL
    )
    return [dedent(block) for _, block in found]


def _run(name: str, code: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType(name, code)
    monkeypatch.setitem(sys.modules, name, module)
    exec(compile(code, f"{name}.py", "exec"), vars(module))  # noqa: S102 — our own page
    return module


def test_the_finding_of_the_page_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    rules()  # or ours would be registered beside it
    monkeypatch.setattr(registry, "_registered", {})
    code, tests = _blocks("py")
    _run("inspector.findings.calls.long_pattern", code, monkeypatch)
    module = _run("test_long_pattern", tests, monkeypatch)

    assert list(rules()) == ["long-pattern"]
    module.test_what_it_says()
    assert inspected(module.TRACE.triggers().records).codes == ["long-pattern"]
    assert inspected(module.TRACE.passes().records).codes == []


def test_the_page_shows_its_passage_and_its_line() -> None:
    (code, _), (passage,) = _blocks("py"), _blocks("markdown")
    sentence = code.removeprefix('"""').partition(".")[0]
    line = f"`long_pattern  {sentence[0].lower()}{sentence[1:]}`"

    assert passage.startswith("### `long-pattern` · note\n")
    parts = ("**Shows.**", "**Because.**", "**Fix.**", "**See.** `", "**Not for** ")
    for part in parts:
        assert part in passage
    assert line in _SECTION
