from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from inspector.calls.exchanges import Exchange
from inspector.figures import chaining
from inspector.pipeline import Options, Pipeline
from inspector.sources.files import read_capture
from tests.inspector.caused import Gateway, repeating
from tests.inspector.conversation import Wire

ROOT = Path(__file__).parents[3]

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.figures.report import Report
    from inspector.sources.records import PacketRecord


def _report(records: Iterable[PacketRecord], *, figures_only: bool) -> Report:
    pipeline = Pipeline()
    for _ in pipeline.inspect(records, figures_only=figures_only):
        pass
    return pipeline.report()


def _orders(count: int, *, before: int = 0) -> Wire:
    """Return requests to a gateway, the first of which cause nothing."""
    gateway = Gateway()
    for number in range(before + count):
        request = gateway.ask("order", {"order": f"order-{number}"})
        if number >= before:
            gateway.call("user.get", {"order": f"order-{number}"})
        gateway.answer(request)
    return gateway.wire


@pytest.mark.parametrize("figures_only", [False, True])
@pytest.mark.parametrize("before", [0, 3])
def test_each_chain_is_counted_whatever_was_plain_before(
    before: int, *, figures_only: bool
) -> None:
    report = _report(_orders(20, before=before).records, figures_only=figures_only)
    row = report.chains.rows["tcp", "order"]

    assert (row.causes, row.links["tcp", "user.get"].calls) == (20, 20)
    assert report.kinds.total() == 40 + before


def test_where_nobody_is_in_the_middle_nothing_is_loaded_for_chains() -> None:
    wire = Wire()
    call = wire.connect()
    for number in range(50):
        call.ask("sum", str(number), [1, 2]).answer(str(number), 3)
    pipeline = Pipeline()
    passed = [*pipeline.inspect(wire.records, figures_only=True)]

    assert not pipeline.report().chains.rows
    assert sum(isinstance(each, Exchange) for each in passed) < 25


def test_what_is_sought_in_vain_is_sought_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chaining, "UNSUCCESSFUL", 8)
    monkeypatch.setattr(chaining, "HELD", 4)
    gateway = Gateway()
    gateway.call("log", {"of": "itself"})
    for number in range(40):
        gateway.answer(gateway.ask("order", {"order": f"order-{number}"}))
    plain = Pipeline()
    passed = [*plain.inspect(gateway.wire.records, figures_only=True)]

    assert sum(isinstance(each, Exchange) for each in passed) < 30
    assert plain.report().kinds.total() == 41


def test_exchanges_that_nobody_asks_for_are_of_no_chain() -> None:
    options = Options(where=lambda each: each.route != "user.get")
    pipeline = Pipeline(options)
    for _ in pipeline.inspect(repeating(4).records):
        pass

    assert not pipeline.report().chains.rows


def test_chains_that_are_recorded_are_counted() -> None:
    capture = ROOT / "captures" / "chains" / "chain-many-nest12.pcap.gz"
    rows = [
        _report(read_capture(str(capture)), figures_only=each).chains.summary()
        for each in (False, True)
    ]

    assert rows[0] == rows[1]
    found = _report(read_capture(str(capture)), figures_only=True).chains.rows
    send = next(iter(found.values()))
    assert send.chains == {(("socketio", 2), ("rabbitmq", 7)): 50}
