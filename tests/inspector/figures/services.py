"""Captures of services that fail and are slow as they are told to."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import strategies as st
from msgspec.structs import replace

from tests.inspector.conversation import CLIENT, MILLISECOND, SERVER, Wire, failure
from tests.inspector.scenes import NOBODY


class Call(NamedTuple):
    """A call that is made: to which server, of what, how it ends and when."""

    server: int
    route: str
    end: str
    wait_ms: int


plans = st.lists(
    st.builds(
        Call,
        st.integers(0, 2),
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["well"] * 6 + ["thrown", "500", "404", "nobody", "silence"]),
        st.sampled_from([1] * 6 + [2, 30, 150, 1_000]),
    ),
    max_size=120,
)
"""Mixtures of calls: most of them are quick and end well."""

_ERRORS = {
    "thrown": "no",
    "500": {"statusCode": 500, "message": "no"},
    "404": {"statusCode": 404, "message": "no"},
}


def captured(calls: list[Call], *, given_up: bool = False) -> Wire:
    """Return a capture of calls, one after the other.

    Args:
        calls: The calls.
        given_up: Whether the clients close at the end what has no reply; else the
            capture goes on until that has waited for long.
    """
    wire = Wire()
    talks = [
        wire.connect(server=f"10.0.1.{n}:8888", client=f"10.0.0.1:4{n}")
        for n in range(3)
    ]
    for number, call in enumerate(calls):
        talk, identity = talks[call.server], str(number)
        if call.end == "event":
            talk.emit(call.route, 1)
            continue
        talk.ask(call.route, identity)
        wire.wait(call.wait_ms * MILLISECOND)
        if call.end == "well":
            talk.answer(identity, 1)
        elif call.end == "nobody":
            talk.send(SERVER, replace(NOBODY, id=identity))
        elif call.end in _ERRORS:
            talk.send(SERVER, failure(identity, _ERRORS[call.end]))
    if given_up:
        for talk in talks:
            talk.finish(CLIENT)
        return wire
    return wire.linger()
