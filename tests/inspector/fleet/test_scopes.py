from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from inspector.fleet import scopes
from inspector.fleet.resuming import ResumablePipeline
from inspector.fleet.scopes import OTHERS, Scope, between, host_of, scope_of_pair
from inspector.pipeline import Options
from tests.inspector.captures import SHOWCASE
from tests.inspector.conversation import Wire

if TYPE_CHECKING:
    from inspector.fleet.scopes import ScopedFindings
    from inspector.sources.records import PacketRecord


@pytest.mark.parametrize(
    ("end", "host"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("10.0.0.1:8888", "10.0.0.1"),
        ("[::1]:8888", "[::1]"),
        ("[::1]", "[::1]"),
        ("api-1:8888", "api-1"),
    ],
)
def test_the_host_of_an_end(end: str, host: str) -> None:
    assert host_of(end) == host


def test_a_scope_is_the_same_from_either_side() -> None:
    assert between("b", "a") == between("a", "b") == Scope("a", "b")
    assert scope_of_pair("b", "a:80", brokered=False) == Scope("a", "b")
    assert scope_of_pair("b:1", "a:80", brokered=True) == Scope("a:80")


def _pipeline(records: list[PacketRecord]) -> ResumablePipeline:
    pipeline = ResumablePipeline(Options())
    pipeline.read(records)
    pipeline.finish()
    return pipeline


def _calls(clients: int) -> list[PacketRecord]:
    wire = Wire()
    for number in range(clients):
        talk = wire.connect(client=f"10.0.0.{number + 1}:40000")
        talk.ask("sum", f"{number}", number).answer(f"{number}", 1)
    return list(wire.records)


def test_connections_are_counted_by_scope() -> None:
    found = list(_pipeline(_calls(3)).connections.scopes())

    hosts = [{scope.first, scope.second} - {"10.0.0.2"} for scope, _, _ in found]
    assert hosts == [{"10.0.0.1"}, set(), {"10.0.0.3"}]
    assert [total.connections for _, _, total in found] == [1, 1, 1]
    assert all(total.counts.packets >= 5 for _, _, total in found)


def test_of_many_scopes_the_last_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scopes, "MAX_SCOPES", 2)
    found = {
        scope: total.connections
        for scope, _, total in _pipeline(_calls(5)).connections.scopes()
    }

    assert found.pop(OTHERS) == 3
    assert len(found) == 2


def test_of_many_findings_the_last_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    from inspector.sources.files import read_capture  # noqa: PLC0415

    records = list(read_capture(str(SHOWCASE)))
    all_of_them = _counts(_pipeline(records).found)
    monkeypatch.setattr(scopes, "MAX_FINDINGS", 1)
    found = _pipeline(records).found

    assert _counts(found) == all_of_them
    (_, *others) = found.rows
    assert others
    assert {each.scope for each in others} == {OTHERS}
    assert {found.rows[each].route for each in others} == {""}  # it has many


def _counts(found: ScopedFindings) -> Counter[tuple[str, str]]:
    """Return how many findings there are of a kind."""
    counts: Counter[tuple[str, str]] = Counter()
    for each, finding in found.rows.items():
        counts[each.code, each.severity] += finding.count
    return counts
