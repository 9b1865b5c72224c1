from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.contracts.checking import Checking
from inspector.views.checked_view import CheckedView
from inspector.views.live_lines import TextLines
from tests.inspector.contracts.gathered import called, contract, exchanges
from tests.inspector.views.formats.written import Written

if TYPE_CHECKING:
    from inspector.contracts.checking import Violation


def _nothing() -> list[Violation]:
    return []


def test_an_exchange_is_shown_and_its_violations_are_reported() -> None:
    written, found = Written(), _nothing()
    view = CheckedView(
        TextLines(written.screen(), "stdin"),
        Checking(contract([("sum", [1], 1)])),
        found.append,
    )
    for exchange in exchanges(called([("sum", [1], 1), ("sum", ["x"], 1)])):
        view.show(exchange)

    assert written.text.count("sum") == 2
    assert [(each.exchange, each.path) for each in found] == [(2, "data[0]")]
