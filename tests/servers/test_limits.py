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


class _Peer:
    """A connection that keeps why it was cut."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def cut(self, reason: str) -> None:
        self.reasons.append(reason)


def test_a_budget_is_exhausted_above_its_limit() -> None:
    budget, peer = Budget(10), _Peer()
    budget.hold(peer, 10)
    assert not budget.exhausted
    assert not peer.reasons

    budget.used += 1
    assert budget.exhausted


def test_the_largest_go_first_until_there_is_room() -> None:
    budget = Budget(100)
    small, middle, large, new = (_Peer() for _ in range(4))
    for peer, size in ((small, 10), (middle, 30), (large, 50)):
        budget.hold(peer, size)
    budget.hold(middle, 25)
    budget.hold(new, 16)
    assert [len(each.reasons) for each in (small, middle, large, new)] == [0, 0, 1, 0]
    assert budget.used == 51

    budget.hold(small, 1_000)
    assert [len(each.reasons) for each in (small, middle, large, new)] == [1, 0, 1, 0]
    assert budget.used == 41
    for peer in (middle, new, large):
        budget.hold(peer, 0)
    assert budget.used == 0
