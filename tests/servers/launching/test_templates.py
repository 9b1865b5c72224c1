"""The files of a new service name nothing that was not filled in."""

from __future__ import annotations

import pytest

from servers.launching.templates import FILES, TRANSPORTS, files


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_nothing_is_left_to_fill_in(transport: str) -> None:
    made = files("shop-orders", "shop_orders", transport)

    assert len(made) == len(FILES)
    for path, text in made.items():
        assert "$" not in path
        assert "$" not in text.replace("$(ls", "")
        assert text.endswith("\n")
        assert len(max(text.splitlines(), key=len)) <= 120
