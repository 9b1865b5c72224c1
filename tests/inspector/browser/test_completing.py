from __future__ import annotations

import pytest

from inspector.browser.completing import MOST, completions

_ROUTES = ['{"cmd":"orders.create"}', '{"cmd":"users.find"}', "sum", "a b"]


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("", []),
        ("lat", ["latency_ns", "latency"]),
        ("orders latency > 5ms and outc", ["orders latency > 5ms and outcome"]),
        ("su", ["sum"]),
        ("route == ", None),
        ('route == "ord', ['route == "cmd:orders.create"']),
        ("outcome == err", ['outcome == "error"']),
        ('outcome in ["no', ['outcome in ["no_handler"']),
        ("nothing.like", []),
    ],
)
def test_what_can_stand_there(text: str, offered: list[str] | None) -> None:
    found = completions(text, _ROUTES)

    if offered is None:
        assert len(found) == len(_ROUTES)
        assert 'route == "sum"' in found
    else:
        assert found == offered


def test_only_some_are_offered() -> None:
    assert len(completions("ro", [f"route{number}" for number in range(100)])) == MOST
