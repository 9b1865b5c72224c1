from __future__ import annotations

from inspector.browser.keys import HELP, help_lines


def test_every_key_is_listed_in_eighty_columns() -> None:
    lines = [line.plain for line in help_lines()]

    assert max(map(len, lines)) <= 76
    for key, words in HELP:
        assert any(key in line and words in line for line in lines)
