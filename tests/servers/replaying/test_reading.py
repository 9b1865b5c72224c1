from __future__ import annotations

import re
from pathlib import Path

import pytest

from servers.replaying.reading import READING, WRITING, reads_only

_PAGE = Path(__file__).parents[3] / "docs" / "replay.md"


@pytest.mark.parametrize(
    "pattern",
    [
        *("sum", "users.get", "getUserById", "find_all", {"cmd": "list_orders"}),
        *("orders/find/one", "GET_USER", {"role": "math", "cmd": "sum"}),
        "HTTPStatus",
    ],
)
def test_names_that_read(pattern: object) -> None:
    assert reads_only(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        *("create_user", "getOrCreate", "orders", "findOneAndUpdate", "checkout"),
        *("messages.mark_read", {"delete": "list"}, {"get": "x"}, "lists", "target"),
        *("", 7, {}),
    ],
)
def test_names_that_may_write(pattern: object) -> None:
    assert not reads_only(pattern)


def test_the_page_lists_the_words() -> None:
    text = _PAGE.read_text(encoding="utf-8")
    listed = [
        set(re.findall(r"`(\w+)`", row))
        for row in re.findall(r"^\| (?:reads|writes) \| (.*) \|$", text, re.MULTILINE)
    ]

    assert listed == [set(READING), set(WRITING)]
    assert not READING & WRITING
