from __future__ import annotations

from inspector.carriers.kafka.pending import MOST, Asked, Pending
from inspector.carriers.kafka.requests import Head


def _asked(number: int) -> Asked:
    return Asked(Head(0, 7, number, 0), 0)


def test_a_response_answers_its_request_and_ends_those_before() -> None:
    pending = Pending()
    for number in (3, 4, 5):
        pending.add(_asked(number))
    found = pending.take(4)

    assert found is not None
    assert found.head.number == 4
    assert pending.take(3) is None
    assert pending.knows(5)
    assert pending.take(9) is None
    assert pending.knows(5)


def test_few_may_wait() -> None:
    pending = Pending()
    for number in range(MOST + 1):
        pending.add(_asked(number))

    assert not pending.knows(0)
    assert pending.knows(1)
