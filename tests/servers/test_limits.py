from __future__ import annotations

import re
from pathlib import Path

from servers import Limits
from servers.limits import Budget

_PAGE = Path(__file__).parents[2] / "docs" / "servers.md"


def test_every_limit_stands_in_the_guide_with_its_default() -> None:
    _, section = _PAGE.read_text(encoding="utf-8").split("\n## Limits\n")
    section = section.split("\n## ")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\d,]+)", section, re.MULTILINE))

    assert rows.keys() == set(Limits.__struct_fields__)
    for name, shown in rows.items():
        assert getattr(Limits(), name) == int(shown.replace(",", "")), name


def test_every_limit_is_described() -> None:
    for name in Limits.__struct_fields__:
        assert f"        {name}: " in (Limits.__doc__ or "")


def test_a_budget_is_exhausted_above_its_limit() -> None:
    budget = Budget(10)
    budget.used = 10
    assert not budget.exhausted

    budget.used += 1
    assert budget.exhausted
