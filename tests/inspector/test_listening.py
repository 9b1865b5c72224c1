from __future__ import annotations

from inspector.listening import Tap
from inspector.pipeline import Options, Pipeline
from tests.inspector.conversation import Wire, inspected


def test_a_tap_that_does_nothing_changes_nothing() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1").answer("1", 3).close()

    items = list(Pipeline(Options(), taps=[Tap()]).inspect(wire.records))

    assert len(items) == len(inspected(wire.records).exchanges) == 1
