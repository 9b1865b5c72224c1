from __future__ import annotations

import pytest

from inspector.figures.health import assess
from inspector.views.next_command import next_command
from tests.inspector.conversation import Wire, inspected


@pytest.mark.parametrize(
    ("forced", "options"),
    [
        ({}, ""),
        ({8889: "tcp", 8888: "tcp"}, " --port 8888 --port 8889"),
        ({8888: "pigeon"}, " --carrier pigeon:8888"),
    ],
)
def test_a_command_has_the_ports_that_were_given(
    forced: dict[int, str], options: str
) -> None:
    wire = Wire()
    wire.connect().ask("sum", "1").answer("1", 1)
    report = inspected(wire.records).report
    report.forced = forced
    command, reason = next_command(report, assess(report), [], ["a b.pcap"])

    assert command == f"exchanges 'a b.pcap'{options}"
    assert reason == "each call on a line"
