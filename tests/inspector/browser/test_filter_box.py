from __future__ import annotations

import asyncio

from rich.text import Text

from inspector.browser.filter_box import _beginning, _Known, _Mistakes


def test_a_mistake_is_underlined_from_its_character_on() -> None:
    mistakes, text = _Mistakes(), Text("abc xyz")
    mistakes.highlight(text)
    assert not text.spans

    mistakes.place = 5
    mistakes.highlight(text)
    (span,) = text.spans
    assert (span.start, span.end) == (4, 7)


def test_what_is_known_is_suggested() -> None:
    known = _Known(lambda: ["sum"])

    assert asyncio.run(known.get_suggestion("su")) == "sum"
    assert asyncio.run(known.get_suggestion("")) is None
    assert _beginning(["latency", "latency_ns"]) == "latency"
    assert _beginning(["sum", "x"]) == ""
