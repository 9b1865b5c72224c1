from __future__ import annotations

from inspector.carriers.grpc.calls import UNNAMED, Call, Calls
from tests.inspector.carriers.grpc.written import message


def test_a_call_is_known_until_it_is_over_and_then_as_over() -> None:
    calls = Calls()
    call = calls.open(1, Call())
    assert call.path == UNNAMED
    assert calls.get(1) is call
    calls.close(1)
    assert calls.get(1) is None
    assert calls.is_over(1)
    assert not calls.is_over(3)


def test_only_so_many_are_remembered() -> None:
    calls = Calls()
    for stream in range(1, 30_000, 2):
        calls.open(stream, Call())
    assert calls.get(1) is None
    for stream in range(1, 30_000, 2):
        calls.close(stream)
    assert not calls.is_over(1)
    assert calls.is_over(29_999)


def test_messages_of_a_side_are_given_up_together() -> None:
    calls = Calls()
    for stream in (1, 3):
        calls.open(stream, Call()).assemblers[0].feed(message(b"abc")[:6])
    assert (calls.kept(0), calls.kept(1)) == (12, 0)
    calls.lose(0)
    assert calls.kept(0) == 0


def test_what_a_call_keeps_goes_with_it() -> None:
    calls = Calls()
    for stream in (1, 3):
        calls.open(stream, Call()).assemblers[1].feed(message(b"abc")[:6])
    calls.close(3)
    assert (calls.kept(0), calls.kept(1)) == (0, 6)
    calls.open(1, Call())  # the same stream anew
    assert calls.kept(1) == 0
