from __future__ import annotations

from inspector.figures.failures import Failures
from tests.inspector.conversation import MILLISECOND, SERVER, Wire, failure, inspected
from tests.inspector.scenes import NOBODY


def _failed(*errors: object, wait_ns: int = MILLISECOND) -> Failures:
    wire = Wire()
    call = wire.connect()
    for number, err in enumerate(errors, start=1):
        call.ask("pay", str(number))
        wire.wait(number * wait_ns)
        call.send(SERVER, failure(str(number), err))
    failures = Failures()
    for exchange in inspected(wire.records).exchanges:
        failures.add(exchange)
    return failures


def test_refusals_are_apart_and_do_not_count_in_the_time_to_failure() -> None:
    failures = _failed({"statusCode": 404}, {"statusCode": 500}, "x", {"status": 403})

    assert failures.refused == 2
    assert failures.statuses == {404: 1, 500: 1, 403: 1}
    assert failures.first == 2
    assert (failures.shortest_ns, failures.longest_ns) == (2_100_000, 3_100_000)


def test_merged_failures_are_those_of_both_with_numbers_that_follow() -> None:
    one, other = _failed({"statusCode": 404}), _failed("x", {"statusCode": 500})
    one.merge(other, 10)

    assert (one.first, one.refused, one.statuses) == (11, 1, {404: 1, 500: 1})
    assert (one.shortest_ns, one.longest_ns) == (1_100_000, 2_100_000)

    other.merge(_failed(), 10)
    assert other.first == 1


def test_texts_that_differ_in_numbers_alone_are_one() -> None:
    ids = ("507f1f77bcf86cd799439011", "3f2a-11", "10.0.0.7:5432")
    failures = _failed(*(f"user {each} not found" for each in ids), "user not found")

    assert failures.texts == {"user … not found": 3, "user not found": 1}
    assert _failed("user 7 gone", "user 7 gone").texts == {"user 7 gone": 2}


def test_merged_failures_have_the_texts_of_both_of_which_few_are_kept() -> None:
    one = _failed(*map(chr, range(97, 97 + 10)))
    one.merge(_failed(*map(chr, range(97 + 5, 97 + 26)), "e"))

    assert one.texts["e"] == 1
    assert one.texts["f"] == 2
    assert len(one.texts) == 16
    assert one.kinds[None, None].numbers.count == 5 + 6


def test_what_nobody_handles_is_counted_apart() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1").send(SERVER, NOBODY)
    failures = Failures()
    failures.add(inspected(wire.records).exchanges[0])

    assert (failures.unhandled, failures.refused, failures.first) == (1, 0, 1)
