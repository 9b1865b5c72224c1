"""Labels of routes are few, and say what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from inspector.calls.exchanges import Exchange, Outcome
from inspector.calls.statuses import MASKED
from inspector.pipeline import Pipeline
from inspector.sources.files import read_capture
from inspector.streams.packets import PacketCounts
from inspector.views.exported import OF_PACKETS, RouteLabels, class_of, shortened
from protocol import JsonText, Response
from tests.inspector.captures import SHOWCASE

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.fixture(scope="module")
def exchanges() -> Sequence[Exchange]:
    items = Pipeline().inspect(read_capture(str(SHOWCASE)))
    return [each for each in items if isinstance(each, Exchange)]


def test_all_routes_after_the_first_few_share_a_label(
    exchanges: Sequence[Exchange],
) -> None:
    labels, call = RouteLabels(2), exchanges[0]
    asked = ["a", "b", "c", "a", "d" * 500, "b"]

    found = [labels.of(replace(call, route=each)) for each in asked]

    others = "(other patterns)"
    assert found == ["a", "b", others, "a", others, "b"]
    assert RouteLabels().of(replace(call, route="d" * 500)) == "d" * 200
    assert shortened("\udc80") == "?"


@pytest.mark.parametrize(
    ("err", "word"),
    [
        (b'{"statusCode":404}', "4xx"),
        (b'{"status":503}', "5xx"),
        (b'"why"', "other"),
        (bytes(MASKED), "masked"),
    ],
)
def test_failures_are_a_few_classes(
    exchanges: Sequence[Exchange], err: bytes, word: str
) -> None:
    replies = [Response(1, err=JsonText(err))]
    failed = replace(exchanges[0], outcome=Outcome.ERROR, replies=replies)

    assert class_of(failed) == word
    assert class_of(replace(failed, outcome=Outcome.UNANSWERED)) == "unanswered"
    assert class_of(replace(failed, outcome=None)) == ""


def test_every_count_of_packets_has_a_label() -> None:
    assert all(hasattr(PacketCounts(), each) for each in OF_PACKETS)
