from __future__ import annotations

from typing import cast

from inspector.browser.listed import Figures
from inspector.views.layout import Cell, Column


def _figures() -> Figures:
    def made(
        values: list[object], _width: int
    ) -> tuple[list[Column], list[list[Cell]]]:
        pairs = cast("list[tuple[str, int]]", values)
        rows = [[Cell(name), Cell(str(count))] for name, count in pairs]
        return [Column("name"), Column("count")], rows

    return Figures(
        [("Beta", 2), ("alpha", 3), ("gamma", 1)],
        made,
        {
            "name": lambda each: cast("tuple[str, int]", each)[0],
            "count": lambda each: cast("tuple[str, int]", each)[1],
        },
    )


def _names(figures: Figures) -> list[str]:
    return [row[0].text for row in figures.page(0, 9, 80)[1]]


def test_rows_are_sorted_and_chosen() -> None:
    figures = _figures()

    assert (figures.count, figures.total) == (3, 3)
    assert _names(figures) == ["Beta", "alpha", "gamma"]
    figures.sort("count")
    assert _names(figures) == ["alpha", "Beta", "gamma"]
    figures.sort("count", turned=True)
    assert _names(figures) == ["gamma", "Beta", "alpha"]
    figures.sort("name")
    assert _names(figures) == ["Beta", "alpha", "gamma"]
    figures.sort("worst", turned=True)
    assert _names(figures) == ["gamma", "alpha", "Beta"]
    figures.choose(["A", "ph"])
    assert _names(figures) == ["alpha"]
    assert (figures.count, figures.total) == (1, 3)
    assert figures.value(0) == ("alpha", 3)
    figures.choose([])
    assert figures.count == 3
    assert figures.key_of("count") == "count"
    assert figures.key_of("") is None
    assert list(figures.keys) == ["worst", "name", "count"]
