from __future__ import annotations

from inspector.comparing.sides import MOST_ERRORS, Side
from inspector.contracts.gathering import Key
from tests.inspector.comparing.compared import Call, side_of
from tests.inspector.conversation import MILLISECOND

_GET = Key("get", "message")


def test_a_side_has_figures_of_each_pattern() -> None:
    side = side_of(
        [Call(time_ns=5 * MILLISECOND), Call(reply=ValueError("no")), Call("put")]
    )
    figures = side.figures[_GET]

    assert side.exchanges == 3
    assert (figures.count, figures.judged, figures.failed) == (2, 2, 1)
    assert figures.errors == {"no": 1}
    assert figures.latencies.maximum >= 5 * MILLISECOND
    assert figures.packets.quantile(0.5) == 2
    assert figures.reply_bytes.count == 1
    assert side.shapes(_GET).replies.samples == 1
    assert side.shapes(Key("other", "event")).count == 0
    assert side.findings["thrown-error"] == 0 or side.findings


def test_texts_of_errors_are_bounded() -> None:
    side = side_of(Call(reply=ValueError(f"no {n}")) for n in range(MOST_ERRORS + 9))

    assert len(side.figures[_GET].errors) == MOST_ERRORS
    assert side.figures[_GET].failed == MOST_ERRORS + 9


def test_what_is_no_exchange_is_not_looked_at() -> None:
    side = Side("nothing")
    side.add("a finding")

    assert (side.exchanges, side.figures) == (0, {})
