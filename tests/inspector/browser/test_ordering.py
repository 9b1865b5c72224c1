from __future__ import annotations

from inspector.browser.ordering import LARGEST_NUMBER, Keys


def _sorted(key: str, rows: list[tuple[int, int | str | None]]) -> list[int]:
    placed = sorted(Keys(key, {}).placed(rows))
    return [each & LARGEST_NUMBER for each in placed]


def test_integers_sort_as_rows_do() -> None:
    assert _sorted("latency", [(1, 5), (2, None), (3, 9), (4, 5), (5, 0)]) == [
        3,
        1,
        4,
        5,
        2,
    ]
    assert _sorted("time", [(1, 5), (2, 3), (3, 1 << 62)]) == [2, 1, 3]
    texts: list[tuple[int, int | str | None]] = [
        (1, "b"),
        (2, None),
        (3, "a"),
        (4, "ab"),
        (5, "é"),
    ]
    assert _sorted("data", texts) == [3, 4, 1, 5, 2]
    placed = sorted(Keys("pattern", {7: 2, 9: 1}).placed([(1, 7), (2, 9), (3, 0)]))
    assert [each & LARGEST_NUMBER for each in placed] == [2, 1, 3]
    # What has no key comes last, also after what took less than no time.
    assert _sorted("latency", [(1, None), (2, -5), (3, 5)]) == [3, 2, 1]
