"""Connections that are named by number: chosen if they are Nest's, else an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.commands.connections import check_connections, of_connections, say_failed
from inspector.errors import InspectorError
from inspector.journal import Journal
from inspector.pipeline import Pipeline
from tests.inspector.conversation import CLIENT, SERVER, Wire

if TYPE_CHECKING:
    from inspector.journal import CapturedPacket


def _read(count: int) -> tuple[Journal, list[CapturedPacket]]:
    wire, journal = Wire(), Journal()
    for number in range(count):
        wire.connect(client=f"10.0.0.1:{40_000 + number}").emit("log", 1)
    items = Pipeline(taps=[journal]).inspect(wire.records)
    return journal, list(journal.read(items))


def test_only_packets_of_those_that_are_named_pass_or_of_all() -> None:
    _, packets = _read(3)

    def passed(*wanted: int) -> set[int | None]:
        chosen = of_connections(iter(packets), wanted)
        return {each.connection.number if each.connection else None for each in chosen}

    assert passed(2, 3) == {2, 3}
    assert passed(4) == set()
    assert passed() == {1, 2, 3}


@pytest.mark.parametrize(
    ("count", "message"),
    [
        (1, "no Nest connection; the only one is 1"),
        (2, "no Nest connection; those are 1, 2"),
        (8, "no Nest connection; those are 1, 2, 3, 4, 5, 6, 7, 8"),
        (9, "no Nest connection; those are 1, 2, 3, 4, 5, 6, 7, 8 and 1 more"),
    ],
)
def test_a_number_that_is_none_is_an_error_with_those_that_are(
    count: int, message: str
) -> None:
    journal, _ = _read(count)
    check_connections([1], journal)

    with pytest.raises(InspectorError) as caught:
        check_connections([1, 10], journal)
    assert str(caught.value) == f"connection 10: {message}"


def test_without_nest_the_number_is_not_what_is_wrong() -> None:
    check_connections([7], Journal())


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (True, "10.0.0.2:9 refused it with the RST in packet 6; it carried nothing"),
        (False, "10.0.0.2:9 did not answer the SYN in packet 5"),
    ],
)
def test_of_one_that_did_not_come_about_that_is_said(
    capsys: pytest.CaptureFixture[str],
    words: str,
    *,
    refused: bool,
) -> None:
    wire, journal = Wire(), Journal()
    wire.connect().emit("log", 1)
    attempt = wire.join(client="10.0.0.1:5", server="10.0.0.2:9")
    attempt.segment(CLIENT, flags="S", seq=1_000)
    if refused:
        attempt.segment(SERVER, flags="RA", seq=0)
    else:
        attempt.segment(CLIENT, flags="S", seq=1_000)
    list(journal.read(Pipeline(taps=[journal]).inspect(wire.records)))

    check_connections([1, 2], journal)
    say_failed([1, 2], journal)
    assert " ".join(capsys.readouterr().err.split()) == (
        f"protocol-inspect: connection 2: {words}"
    )
