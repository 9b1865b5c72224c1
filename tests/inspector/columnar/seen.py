"""Exchanges of captures, as what writes rows is given them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.chains.sought import with_possible_parents
from inspector.calls.exchanges import Exchange
from inspector.library.given import given
from inspector.library.passes import Pass
from inspector.pipeline import Options

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.library.given import Source


def seen(source: Source | Path) -> list[Exchange]:
    """Return the exchanges of a source, with their parents."""
    items = Pass(given(source), Options()).items()
    found = with_possible_parents(items)
    return [item for item in found if isinstance(item, Exchange)]
