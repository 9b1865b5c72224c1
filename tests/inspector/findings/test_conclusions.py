from __future__ import annotations

from inspector.findings.conclusions import Valueless
from inspector.findings.evidence import place_of
from inspector.findings.finding import Place
from tests.inspector.conversation import Wire, inspected


def test_a_conclusion_names_its_place_itself() -> None:
    wire = Wire()
    wire.connect().ask("a", "1").answer("1", 1)
    (exchange,) = inspected(wire.records).exchanges
    place = Place(exchange.connection, 1, 5, 1, "a")

    assert place_of(Valueless(place=place, server="s", calls=3)) is place
