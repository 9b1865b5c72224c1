"""Exchanges of captures, as telemetry gets them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from inspector.calls.chains.sought import with_possible_parents
from inspector.calls.exchanges import Exchange
from inspector.pipeline import Options, Pipeline
from inspector.sources.files import read_capture
from tests.inspector.captures import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from inspector.findings.finding import Finding

CHAIN = ROOT / "captures" / "chains" / "chain-nest12.pcap"
NATS = ROOT / "captures" / "nats" / "nats-nest12.pcap"
GRPC = ROOT / "captures" / "grpc" / "grpc-nest12.pcap.gz"
TRACED = ROOT / "tests" / "data" / "cases" / "s11_meta.pcap"


@cache
def inspected(
    capture: Path, options: Options | None = None
) -> tuple[Pipeline, Sequence[Exchange | Finding]]:
    """Return what was found in a capture, exchanges in order, with their parents."""
    pipeline = Pipeline(options or Options())
    items = pipeline.inspect(read_capture(str(capture)))
    return pipeline, list(with_possible_parents(items))


def exchanges_of(capture: Path) -> list[Exchange]:
    """Return the exchanges of a capture."""
    return [each for each in inspected(capture)[1] if isinstance(each, Exchange)]


def route_of(capture: Path, route: str) -> list[Exchange]:
    """Return those of a route."""
    return [each for each in exchanges_of(capture) if each.route == route]
