"""The line of one exchange: that of a list, and four keys after it."""

from __future__ import annotations

import json

from inspector.views.closeup_line import closeup_line
from inspector.views.jsonlines import exchange_line
from tests.inspector.conversation import CLIENT, SERVER, Wire
from tests.inspector.views.closeups import closeup


def test_the_line_extends_that_of_the_exchange() -> None:
    wire = Wire()
    call = wire.connect().ask("slow", "1", {"password": "x"}).ack(SERVER)
    call.ask("quick", "2").answer("2", 1).answer("1", 1).ack(CLIENT)
    found = closeup(wire, 1)
    line = json.loads(closeup_line(found))
    own = json.loads(exchange_line(found.exchange))

    assert list(line) == [*own, "captured", "omitted", "findings", "neighbours"]
    assert {key: line[key] for key in own} == own
    assert [each["number"] for each in line["captured"]] == [4, 5, 6, 8, 9]
    assert line["captured"][2] == {"others": 2, "number": 6, "exchanges": [2]}
    assert [each["code"] for each in line["findings"]] == ["credentials"]
    (near,) = line["neighbours"]
    assert list(near) == [
        "number", "kind", "outcome", "route", "time_ns", "latency_ns",
    ]  # fmt: skip
    assert (near["number"], near["route"]) == (2, "quick")
