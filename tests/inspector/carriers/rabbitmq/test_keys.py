"""A binding covers the keys that RabbitMQ's topics say it does."""

from __future__ import annotations

import pytest

from inspector.carriers.rabbitmq.keys import covers_key


@pytest.mark.parametrize(
    ("binding", "key", "covered"),
    [
        ("sum", "sum", True),
        ("sum", "sums", False),
        ("*", "sum", True),
        ("*", "a.b", False),
        ("a.*.c", "a.b.c", True),
        ("a.*.c", "a.b.d", False),
        ("#", "a.b", True),
        ("#", "", True),
        ("a.#", "a", True),
        ("a.#", "a.b.c", True),
        ("a.#", "b.a", False),
        ("#.c", "a.b.c", True),
        ("a.#.c", "a.c", True),
        ("a.#.c", "a.b", False),
        ("a.*.#", "a", False),
        ("a.*.#", "a.b", True),
        ("b.#.#", "a", False),
    ],
)
def test_wildcards_cover_keys(binding: str, key: str, covered: bool) -> None:  # noqa: FBT001 — a parameter of the test
    assert covers_key(binding, key) is covered
