from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from inspector.calls.exchanges import Exchange
from inspector.contracts.document import contract_of
from inspector.contracts.gathering import UNREADABLE, Gathering, Key, decoded
from inspector.library.given import Captures
from inspector.library.passes import Pass
from inspector.pipeline import Options
from protocol import UNDEFINED, JsonText
from tests.inspector.captures import ROOT
from tests.inspector.contracts.gathered import called, exchanges, gathered
from tests.inspector.scenes import NOBODY, replies

if TYPE_CHECKING:
    from pathlib import Path

_CARRIED = sorted(
    {
        each.parent.name: each
        for each in sorted(ROOT.glob("captures/*/*-nest12.pcap"))
        if each.parent.name not in {"chains", "tls"}
    }.values()
)
_USERS = [("get", {"id": 1}, {"name": "ann"}), ("get", {"id": 2}, None), ("put", 3, 4)]


def test_parts_together_are_the_whole() -> None:
    found = exchanges(called(_USERS * 9))
    whole = contract_of(gathered(found))

    for cut in (0, 5, len(found)):
        first, second = gathered(found[:cut]), gathered(found[cut:])
        first.merge(second)
        assert contract_of(first) == whole


def test_a_pattern_has_its_own_shapes_and_counts() -> None:
    found = gathered(exchanges(called(_USERS)))
    shapes = found.patterns[Key("get", "message")]

    assert list(found.patterns) == [Key("get", "message"), Key("put", "message")]
    assert (shapes.count, shapes.answered, shapes.no_value) == (2, 2, 0)
    assert (shapes.data.samples, shapes.replies.nulls) == (2, 1)


def test_values_of_a_stream_have_one_shape_and_errors_another() -> None:
    calls: list[tuple[Any, Any, Any]] = [
        ("count", {}, (1, 2, 3)),
        ("count", {}, ValueError({"message": "no"})),
    ]
    shapes = gathered(exchanges(called(calls))).patterns[Key("count", "message")]

    assert (shapes.most_values, shapes.replies.samples) == (3, 3)
    assert shapes.errors.objects == 1
    assert shapes.data.samples == 2


def test_what_nobody_handles_is_not_known() -> None:
    assert gathered(exchanges(replies(NOBODY)())).patterns == {}


def test_patterns_are_bounded() -> None:
    found, limited = exchanges(called((f"p{n}", 1, 2) for n in range(6))), Gathering(4)
    for each in found:
        limited.add(each)

    assert len(limited.patterns) == 4
    assert limited.left_out == 2
    other = Gathering(1)
    other.add(found[0])
    other.merge(limited)
    assert other.left_out == 5


@pytest.mark.parametrize("capture", _CARRIED, ids=lambda each: each.parent.name)
def test_exchanges_of_every_carrier_have_shapes(capture: Path) -> None:
    found = Gathering()
    for item in Pass(Captures([str(capture)]), Options()).items():
        if isinstance(item, Exchange):
            found.add(item)
    shapes = [*found.patterns.values()]

    assert shapes
    assert any(each.data.samples for each in shapes)
    assert {carrier for each in shapes for carrier in each.carriers}


def test_what_is_no_json_is_no_sample() -> None:
    assert decoded(JsonText(b"[1")) is UNREADABLE
    assert decoded(UNDEFINED) is UNREADABLE
    assert decoded(JsonText(b"[1]")) == [1]
