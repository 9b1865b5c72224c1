from __future__ import annotations

from inspector.carriers import base
from inspector.carriers.costs import Cost, Taken


def test_they_are_part_of_the_interface() -> None:
    assert (base.Cost, base.Taken) == (Cost, Taken)
    assert Taken("event") == ("event", 0, ())
