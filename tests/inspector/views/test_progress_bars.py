from __future__ import annotations

import io

from rich.console import Console
from rich.text import Text

from inspector.views.progress_bars import Bar, ProgressBars


class _Clock:
    """A time that passes when a test says so."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def _bars(
    height: int, *, terminal: bool = True
) -> tuple[ProgressBars, io.StringIO, _Clock]:
    shown, clock = io.StringIO(), _Clock()
    console = Console(file=shown, force_terminal=terminal, width=80, height=height)
    return ProgressBars(console, clock), shown, clock


def test_nothing_is_due_before_a_second_and_never_without_a_terminal() -> None:
    bars, _, clock = _bars(24)
    quiet, shown, later = _bars(24, terminal=False)
    before = bars.is_due
    clock.now += 1
    later.now += 1

    assert (before, bars.is_due, quiet.is_due) == (False, True, False)
    assert shown.getvalue() == ""


def test_a_picture_has_all_that_goes_on_and_goes_away() -> None:
    bars, shown, clock = _bars(24)
    with bars:
        clock.now += 1
        bars.show(Bar("all", 3_000_000, 8_000_000), [Bar("[a]\x1b", 10, 20)])
        assert not bars.is_due
        during = shown.getvalue()
        bars.show(Bar("all", 8_000_000, 8_000_000), [])

    assert "all" in during
    assert "3.00 MB of 8.00 MB" in during
    assert "[a]" in during
    assert "10 B of 20 B" in during
    assert not bars.is_due


def test_forty_sources_do_not_overflow_a_screen_and_long_names_are_cut() -> None:
    bars, shown, clock = _bars(24)
    many = [
        Bar(f"orders-service-production-eu-central-{n:03}", n, 0) for n in range(40)
    ]
    with bars:
        clock.now += 1
        bars.show(Bar("1/3 reading, 0 of 40 sources", 0, 1), many)
        lines = Text.from_ansi(shown.getvalue()).plain.splitlines()

    assert len(lines) == 13
    assert lines[1].startswith("orders-service-production-eu-ce…")
    assert max(map(len, lines)) <= 80
    small, shown, clock = _bars(8)
    with small:
        clock.now += 1
        small.show(Bar("all", 0, 1), many)
        assert len(shown.getvalue().splitlines()) <= 5
