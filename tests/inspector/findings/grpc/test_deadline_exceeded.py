from __future__ import annotations

from inspector.sources.files import read_capture
from tests.inspector.carriers.grpc.written import SUM, refused, reset
from tests.inspector.conversation import CLIENT, MILLISECOND, SERVER, Wire, inspected
from tests.inspector.evidence import name_of
from tests.inspector.grpc_evidence import GRPC
from tests.inspector.over_grpc import asked, service
from tests.inspector.scenes import Sentences, Trace, group_in, said_of, sentences


def _left(*, late: bool) -> Wire:
    """Return a call that its client leaves after its deadline, or before."""
    wire = Wire()
    link = service(wire)
    asked(link, 1, SUM, ("grpc-timeout", "150m"))
    wire.wait((150 if late else 20) * MILLISECOND)
    link.send(CLIENT, reset(1))
    link.close()
    return wire


def _refused() -> Wire:
    wire = Wire()
    link = service(wire)
    asked(link, 1, SUM, ("grpc-timeout", "1S"))
    link.send(SERVER, refused(1, 4, "Deadline Exceeded"))
    link.close()
    return wire


TRACE = Trace(lambda: _left(late=True), lambda: _left(late=False))


def test_what_it_says() -> None:
    assert said_of(TRACE, "deadline-exceeded") == Sentences(
        message="/calc.Calculator/Sum had not ended after 150 ms, its deadline",
        headline="1 call past the deadline",
        cause=(
            "/calc.Calculator/Sum (#1) had not ended after 150 ms. The client then "
            "left with RST_STREAM; its caller gets DEADLINE_EXCEEDED, and the handler "
            "may go on in vain. Packet 6."
        ),
        hint=(
            "look at what the handler waits for; if the work takes that long, give "
            "the call a later deadline"
        ),
    )


def test_a_server_may_say_so_itself() -> None:
    cause = sentences(group_in(_refused(), "deadline-exceeded")).cause
    assert "The server answered with DEADLINE_EXCEEDED." in cause


def test_the_deadline_of_a_real_client_is_found() -> None:
    capture = next(each for each in GRPC if name_of(each) == "grpc-nest12")
    codes = inspected(read_capture(str(capture))).codes
    assert codes.count("deadline-exceeded") == 1
    assert codes.count("unanswered") == 1  # the one that was left without a deadline
