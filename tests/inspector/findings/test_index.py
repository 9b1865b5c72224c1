"""The index of findings says what their decorators say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import inspector.findings.index as module
from inspector.findings.catalogue import rules

if TYPE_CHECKING:
    import pytest

    from inspector.findings.rule import Rule

_FILE = Path(module.__file__)
_ROOT = "inspector.findings."


def _entry(rule: Rule[Any]) -> str:
    name = type(rule).__module__.removeprefix(_ROOT)
    return f'    "{name}": ("{rule.about.__name__}", {rule.needs}),\n'


def test_the_index_is_what_make_docs_writes(request: pytest.FixtureRequest) -> None:
    text = _FILE.read_text(encoding="utf-8")
    head, begin, rest = text.partition("= {\n")
    _, end, tail = rest.partition("}\n")
    entries = sorted(map(_entry, rules().values()))
    page = "".join([head, begin, *entries, end, tail])
    if request.config.getoption("--update-golden"):
        _FILE.write_text(page, encoding="utf-8")
        text = page

    assert text == page, "the index of findings is older than they are: run make docs"


def test_a_type_of_evidence_has_a_name_of_its_own() -> None:
    types = {rule.about for rule in rules().values()}

    assert len({each.__name__ for each in types}) == len(types)
