"""What the parser of mqtt.js reads, we read as well."""

from __future__ import annotations

from tests.inspector.carriers.mqtt.oracle import compare


def test_the_parser_of_nests_library_reads_the_same_packets() -> None:
    compare(1_000, seed=1_883)
