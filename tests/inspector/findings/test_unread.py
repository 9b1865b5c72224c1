"""Why Nest never read a request: by what stands before it on its connection."""

from __future__ import annotations

import pytest

from protocol import LengthUnit
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected, request
from tests.inspector.scenes import counted_in

_BAD = {
    "length-unit": counted_in(LengthUnit.UTF8, request("greet", "0", "é")),
    "invalid-json": b"3#{a}",
    "corrupted-length": b"x#{}",
}


def _why(wire: Wire) -> dict[str | None, str]:
    """Return the route of each call without a reply → what it says of it."""
    return {
        each.route: each.subject.partition("never read: ")[2]
        for each in inspected(wire.records).findings
        if each.code == "unanswered"
    }


@pytest.mark.parametrize("code", _BAD)
def test_what_follows_a_frame_that_cannot_be_read_is_never_read(code: str) -> None:
    wire = Wire()
    call = wire.connect().ask("before", "1").send(CLIENT, _BAD[code])
    call.ask("after", "2").finish(SERVER).finish(CLIENT)
    itself = {"greet": code} if code == "length-unit" else {}

    assert _why(wire) == {"before": "", "after": code} | itself


def test_what_a_server_sends_hides_no_request() -> None:
    wire = Wire()
    call = wire.connect().ask("before", "1").answer("1", 1).send(SERVER, b"3#{a}")
    call.ask("after", "2").close()

    assert _why(wire) == {"after": ""}


def test_another_connection_is_none_of_it() -> None:
    wire = Wire()
    one = wire.connect().ask("before", "1").answer("1", 1).send(CLIENT, b"3#{a}")
    wire.connect(client="10.0.0.1:41000").ask("after", "2").close()
    one.close()

    assert _why(wire) == {"after": ""}
