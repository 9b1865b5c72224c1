from __future__ import annotations

from typing import get_args

import msgspec

from inspector.streams import items


def test_every_item_may_stand_in_a_stream() -> None:
    structs = {
        each
        for each in vars(items).values()
        if isinstance(each, type) and issubclass(each, msgspec.Struct)
    }

    assert structs == set(get_args(items.StreamItem))


def test_an_item_is_equal_to_one_that_says_the_same() -> None:
    assert items.End(7, 1_000) == items.End(7, 1_000)
    assert items.End(7, 1_000) != items.End(8, 1_000)
