from __future__ import annotations

import re
from unittest.mock import patch

import pytest

from protocol.lazy_regex import LazyRegex, lazy_regex


def test_it_is_compiled_once_by_its_first_use() -> None:
    with patch("re.compile", wraps=re.compile) as compiled:
        words = lazy_regex(r"(\w+) (?P<second>\w+)", re.ASCII)
        assert compiled.call_count == 0

        first = [words.match(text) for text in ("ab cd", "ab", "éa b")]
        assert compiled.call_count == 1

    assert [None if each is None else each["second"] for each in first] == [
        "cd",
        None,
        None,
    ]


def test_it_has_what_an_expression_has() -> None:
    digits = lazy_regex(rb"\d")

    assert digits.sub(b"#", b"a1b2") == b"a#b#"
    assert [each.start() for each in digits.finditer(b"1a2")] == [0, 2]
    assert digits.fullmatch(b"12") is None
    assert digits.pattern == rb"\d"
    assert LazyRegex(r"\d", 0).compiled() == re.compile(r"\d")


def test_what_is_malformed_fails_when_it_is_used() -> None:
    malformed = lazy_regex("(")

    with pytest.raises(re.error, match="unterminated"):
        malformed.match("")


def test_what_no_expression_has_it_has_not() -> None:
    with pytest.raises(AttributeError, match="no_such"):
        _ = lazy_regex("a").no_such  # type: ignore[attr-defined]
