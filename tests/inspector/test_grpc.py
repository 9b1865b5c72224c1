"""Over gRPC, every call is as its client saw it, with every message of its handler."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from captures.grpc_stage import PROTO
from inspector.pipeline import Options, Pipeline
from inspector.sources.files import read_capture
from tests.inspector.command import run
from tests.inspector.damage import exchanges_of, is_in_doubt
from tests.inspector.evidence import exchanges_in, manifest_of, name_of
from tests.inspector.grpc_evidence import GRPC, called, found, handled
from protocol import loads

if TYPE_CHECKING:
    from pathlib import Path

each_capture = pytest.mark.parametrize("capture", GRPC, ids=name_of)


def _lines(capture: Path, *options: str) -> list[dict[str, Any]]:
    out = run("exchanges", str(capture), "--json", *options).out
    return [loads(line) for line in out.splitlines()]  # type: ignore[misc]


@each_capture
def test_each_call_is_as_its_client_saw_it(capture: Path) -> None:
    assert found(_lines(capture, "--proto", str(PROTO))) == called(capture)


@each_capture
def test_handlers_had_every_message_that_is_shown(capture: Path) -> None:
    shown: Counter[str] = Counter()
    for line in _lines(capture):
        data = line.get("data", [])
        shown[line["route"]] += len(data) if isinstance(data, list) else 1
    del shown["/calc.Calculator/Missing"]
    seen = handled(capture)
    for route in {*shown, *seen} - {"/calc.Calculator/Fail"}:
        assert shown[route] == seen[route], route


@each_capture
def test_no_exchange_of_a_complete_capture_is_in_doubt(capture: Path) -> None:
    exchanges = exchanges_of(read_capture(str(capture)))
    assert exchanges
    assert not [each.number for each in exchanges if is_in_doubt(each)]
