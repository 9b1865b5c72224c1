from __future__ import annotations

from inspector.figures.failures import Failures
from inspector.figures.rows import PatternRow
from inspector.figures.throwing import thrown
from tests.inspector.conversation import SERVER, Wire, failure, inspected
from tests.inspector.scenes import NOBODY

_MASKED = {"status": "error", "message": "Internal server error"}


def _row(*errors: object) -> PatternRow:
    """Return what happened to calls of which each fails with an error."""
    wire = Wire()
    call = wire.connect()
    for number, err in enumerate(errors):
        call.ask("pay", str(number)).send(SERVER, failure(str(number), err))
    row = PatternRow()
    for exchange in inspected(wire.records).exchanges:
        row.add(exchange)
    return row


def test_equal_texts_of_several_routes_and_servers_are_one() -> None:
    rows = [("pay", "a:1", _row("no", "no")), ("log", "b:1", _row("no"))]
    (found,) = thrown(rows)

    assert (found.text, found.status, found.failed) == ("no", None, 3)
    assert found.routes == "pay (#1–#2) and log (#1)"
    assert found.servers == ["a:1", "b:1"]


def test_texts_that_differ_in_numbers_between_rows_are_one() -> None:
    rows = [("pay", "a:1", _row("no 7")), ("log", "a:1", _row("no 8"))]

    assert [each.text for each in thrown(rows)] == ["no …"]


def test_of_a_status_the_commonest_text_is_shown() -> None:
    errors = [{"statusCode": 500, "message": text} for text in ("a", "b", "b")]
    (found,) = thrown([("pay", "a:1", _row(*errors))])

    assert (found.status, found.text, found.more, found.failed) == (500, "b", True, 3)


def test_what_has_a_finding_of_its_own_is_left_out() -> None:
    wire = Wire()
    wire.connect().ask("pay", "1").send(SERVER, NOBODY)
    unhandled = PatternRow()
    unhandled.add(inspected(wire.records).exchanges[0])
    rows = [_row(_MASKED, {"statusCode": 404}), unhandled, PatternRow()]

    assert list(thrown(("pay", "a:1", row) for row in rows)) == []


def test_of_many_routes_a_few_are_named_and_of_many_texts_some_told() -> None:
    (found,) = thrown([(f"p{n}", "a:1", _row("no", "no")) for n in range(6)])
    many = [_row(f"{chr(97 + n % 26)}{chr(97 + n // 26)}") for n in range(150)]

    assert found.routes.endswith("p3 (#1–#2) and 4 more")
    assert len(list(thrown(("pay", "a:1", row) for row in many))) == 100


def test_texts_after_the_first_few_are_told_as_others() -> None:
    row = _row(*map(chr, range(97, 97 + 20)))
    *_, others = thrown([("pay", "a:1", row)])

    assert isinstance(row.failures, Failures)
    assert len(row.failures.texts) == 16
    assert (others.text, others.failed) == (None, 4)
