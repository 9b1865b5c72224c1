from __future__ import annotations

import re
from pathlib import Path

import pytest

from servers.replaying.reading import (
    EITHER,
    HARMLESS,
    NAMING,
    READING,
    WRITING,
    reads_only,
)

_PAGE = Path(__file__).parents[3] / "docs" / "replay.md"


@pytest.mark.parametrize(
    "pattern",
    [
        *("sum", "users.get", "getUserById", "find_all", {"cmd": "list_orders"}),
        *("orders/find/one", "GET_USER", {"role": "math", "cmd": "sum"}),
        *("getHTTPStatus", "users.list", "user.list", "listOrders", "count_users"),
        *("health", "users.details", "math.sum", {"rpc": "FindOne"}, "view_user"),
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


@pytest.mark.parametrize(
    "pattern",
    [
        *("toggle_status", "reboot.status", "rollback_history", "nuke_history"),
        *("discard_list", "evict.list", "adjust_total", "wire_total", "like_count"),
        *("unfollow.list", "revert_details", "promote.user.details", "list.evict"),
        *(
            "get_and_nuke",
            "focus.list",
            "\u00e9vict.list",
            "\u0441\u0431\u0440\u043e\u0441.list",
        ),
        *(
            "messages.read",
            "posts.view",
            "read",
            "view",
            {"cmd": "evict", "of": "list"},
        ),
    ],
)
def test_a_noun_after_a_verb_that_nobody_knows_proves_nothing(pattern: object) -> None:
    assert not reads_only(pattern)


def test_the_page_lists_the_words() -> None:
    text = _PAGE.read_text(encoding="utf-8")
    kinds = r"^\| (?:reads|noun or verb|names|harmless|writes) \| (.*) \|$"
    rows = re.findall(kinds, text, re.MULTILINE)
    words = [READING, EITHER, NAMING, HARMLESS, WRITING]

    assert [set(re.findall(r"`(\w+)`", row)) for row in rows] == words
    assert sum(map(len, words)) == len(frozenset().union(*words)), "a word has one kind"
