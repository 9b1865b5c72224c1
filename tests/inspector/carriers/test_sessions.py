from __future__ import annotations

from inspector.calls.costs import has_sessions
from inspector.carriers.registry import carriers
from inspector.carriers.sessions import SessionTransfer
from protocol import Event


def test_a_transfer_is_of_its_connection_alone_unless_it_says_otherwise() -> None:
    unit = SessionTransfer(side=0, begin=0, end=2, packet=Event("log"), body=b"{}")
    assert (unit.session, unit.roams, unit.cause, unit.blames) == (
        "",
        False,
        None,
        None,
    )


def test_carriers_of_gateways_have_sessions_and_no_others() -> None:
    assert {name for name in carriers() if has_sessions(name)} == {"ws", "socketio"}
