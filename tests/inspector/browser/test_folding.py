from __future__ import annotations

from inspector.browser.folding import folds, unfolded, wrapped_at
from inspector.views.text import Text

_LINES = [
    Text(line)
    for line in (
        "► request",
        "│ {",
        '│   "a": [',
        "│     1,",
        "│     2",
        "│   ],",
        '│   "b": "{"',
        "│ }",
        "◄ reply",
    )
]


def test_objects_and_arrays_fold_to_a_line() -> None:
    ranges = folds(_LINES)

    assert ranges == {1: 7, 2: 5}
    inner = [line.plain for _, line in unfolded(_LINES, ranges, {2})]
    assert inner[2] == '│   "a": [ … 2 lines ],'
    assert len(inner) == 6
    outer = [line.plain for _, line in unfolded(_LINES, ranges, {1, 2})]
    assert outer == ["► request", "│ { … 5 lines }", "◄ reply"]
    assert [place for place, _ in unfolded(_LINES, ranges, {1})] == [0, 1, 8]


def test_what_is_cut_does_not_fold() -> None:
    assert folds([Text("│ {"), Text('│   "a": ['), Text("… 12 more lines")]) == {}


def test_a_long_line_goes_on_below_as_far_in() -> None:
    pieces = [each.plain for each in wrapped_at(Text("  │ " + "日本" * 5), 12)]

    assert pieces == ["  │ 日本日本", "  │ 日本日本", "  │ 日本"]
    assert wrapped_at(Text("short"), 12)[0].plain == "short"
    assert len(wrapped_at(Text("x" * 100), 10)) == 10
    words = wrapped_at(Text("  │ one two three four"), 14)
    assert [each.plain for each in words] == ["  │ one two ", "  │ three four"]
