"""The format ``ecs`` writes documents for what it serves."""

from __future__ import annotations

import json

from inspector.filters.projection import compile_fields
from inspector.views.formats.ecs import Ecs
from inspector.views.live_ecs import EcsLines
from tests.inspector.conversation import Wire
from tests.inspector.views.formats.written import Read, opened


def _wire() -> Wire:
    wire = Wire()
    wire.connect().ask("sum", "1", [1]).answer("1", 2).emit("log", {"password": "x"})
    return wire


def test_it_serves_exchanges_the_report_and_live_runs() -> None:
    assert Ecs.served() == ["report", "exchanges", "live"]
    assert isinstance(opened("ecs")[0].live("lo", 1), EcsLines)


def test_a_report_is_exchanges_and_findings() -> None:
    form, written = opened("ecs")
    form.report(Read(_wire().records))
    lines = [json.loads(line) for line in written.text.splitlines()]

    kinds = [line["event"]["kind"] for line in lines]
    assert kinds == ["event", "event", "alert"]
    assert lines[2]["rule"]["name"] == lines[2]["event"]["code"]


def test_exchanges_have_the_columns_that_are_named() -> None:
    form, written = opened("ecs")
    found = Read(_wire().records)
    form.exchanges(found.exchanges(), found, compile_fields("route"))
    lines = [json.loads(line) for line in written.text.splitlines()]

    assert [line["nest"] for line in lines] == [{"route": "sum"}, {"route": "log"}]
