from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from benchmarks.generate_fleet import generate
from inspector.errors import InspectorError
from inspector.fleet.merging import combined, is_at, merged
from inspector.fleet.report import FleetReport, Row, SourceFigures, Speakers, View
from inspector.fleet.saving import encoded
from inspector.fleet.scopes import OTHERS
from tests.inspector.fleets import SMALL, calls, ran

if TYPE_CHECKING:
    from pathlib import Path


def test_reports_of_parts_of_a_fleet_merge_in_any_order(tmp_path: Path) -> None:
    truth = generate(tmp_path / "fleet", SMALL)
    parts = [
        (name, ran(tmp_path / name, [source]).report)
        for name, source in (
            (name, _only(tmp_path / "fleet", name)) for name in truth.clocks
        )
    ]
    one, two, three = parts
    whole = merged(parts)

    for order in permutations(parts):
        assert encoded(merged(order)) == encoded(whole)
    nested = merged([("a", merged([three, one])), two])
    assert encoded(nested) == encoded(whole)
    assert set(calls(whole)) == set(truth.calls)
    # What a host lost of a call between two nobody completes without the packets.
    assert 0.9 < calls(whole).total() / sum(truth.calls.values()) <= 1.0
    assert whole.left_out > 0


def _only(folder: Path, name: str) -> Path:
    """Return a file that names one of the sources of another."""
    tables = (folder / "sources.toml").read_text().split("\n\n")
    table = next(each for each in tables if f'"{name}"' in each)
    file = folder / f"{name}.toml"
    file.write_text(table)
    return file


_ROW = Row("tcp", "10.0.0.1", "10.0.0.2:80", "", "sum", "message", 3)
_SCOPE = Speakers("10.0.0.1", "10.0.0.2", "tcp", 1)


def _report(name: str, address: str, count: int) -> FleetReport:
    row = Row("tcp", "10.0.0.1", "10.0.0.2:80", "", "sum", "message", count)
    return FleetReport(
        sources=[SourceFigures(name, (address,))],
        views=[View((name,), [_SCOPE], [row])],
    )


@pytest.mark.parametrize("swapped", [False, True])
def test_the_host_that_is_asked_counts(*, swapped: bool) -> None:
    asking, asked = _report("a", "10.0.0.1", 5), _report("b", "10.0.0.0/29", 4)
    asked = FleetReport(sources=[SourceFigures("b", ("10.0.0.2",))], views=asked.views)
    pair = [("x", asking), ("y", asked)]
    report = merged(pair[::-1] if swapped else pair)
    (view,) = report.views

    assert (view.sources, view.rows[0].count, report.left_out) == (("b",), 4, 5)


def test_who_saw_both_sides_counts_before_who_saw_one() -> None:
    views = [
        View(("b",), [_SCOPE], [_ROW]),
        View(("a", "b"), [_SCOPE], [_ROW]),
        View(("a",), [_SCOPE], [_ROW]),
    ]
    report = combined(FleetReport(views=views))

    assert [each.sources for each in report.views] == [("a", "b")]
    assert report.left_out == 0


def test_what_is_left_out_is_the_same_in_any_order() -> None:
    several = FleetReport(
        sources=[SourceFigures("c"), SourceFigures("d")],
        views=[View(("c", "d"), [_SCOPE], [_ROW])],
    )
    others = Row("tcp", OTHERS.first, OTHERS.first, "", "sum", "message", 3)
    speakers = Speakers(*OTHERS, "tcp", 1)
    one, two = (
        replace(each, views=[*each.views, View((name,), [speakers], [others])])
        for name, each in (
            ("a", _report("a", "10.0.0.1", 5)),
            ("b", _report("b", "10.0.0.9", 5)),
        )
    )
    three = [("x", one), ("y", two), ("z", several)]
    at_once = merged(three)

    assert at_once.left_out == 10
    for first, second, last in permutations(three):
        nested = merged([("n", merged([first, second])), last])
        assert encoded(nested) == encoded(at_once)


def test_what_cannot_be_merged_is_one_line() -> None:
    one = _report("a", "10.0.0.1", 1)
    other = FleetReport(asked={"ports": [1]})

    with pytest.raises(InspectorError, match="y: source a is in x, too"):
        merged([("x", one), ("y", one)])
    with pytest.raises(InspectorError, match="y: made with other options than x"):
        merged([("x", one), ("y", other)])


@pytest.mark.parametrize(
    ("host", "address", "there"),
    [
        ("10.0.0.2", "10.0.0.2", True),
        ("10.0.0.2", "10.0.0.0/24", True),
        ("10.0.0.2", "10.0.1.0/24", False),
        ("[fd00::2]", "fd00::/64", True),
        ("api-1", "10.0.0.2", False),
    ],
)
def test_where_a_host_is(host: str, address: str, *, there: bool) -> None:
    assert is_at(host, address) == there
