from __future__ import annotations

from inspector.contracts.checking import Checking
from inspector.views.check_view import (
    checked_line,
    print_check,
    violation_line,
    violation_lines,
    violation_words,
)
from protocol import loads
from tests.inspector.contracts.gathered import called, contract, exchanges
from tests.inspector.views.formats.written import Written

_BAD = [("sum", ["x\x1b[2J"], 3)] * 9


def _checking() -> Checking:
    return Checking(contract([("sum", [1, 2], 3)]), name="c.json")


def test_the_first_of_each_place_are_shown_and_the_rest_counted() -> None:
    written = Written()
    print_check(written.screen(), _checking(), exchanges(called(_BAD)))

    assert written.text.count("expected integer, came string") == 3
    assert "and 6 more of sum data[]" in written.text
    assert "✗ 9 of 9 exchanges violate the contract in 9 places." in written.text
    assert "\x1b" not in written.text


def test_the_answer_says_that_all_is_well_or_that_there_was_nothing() -> None:
    written = Written()
    good = exchanges(called([("sum", [3], 3)]))
    print_check(written.screen(), _checking(), good)
    print_check(written.screen(), _checking(), [])

    assert written.text == (
        "✓ 1 exchange checked: all are as c.json says.\n"
        "No exchange to check against c.json.\n"
    )


def test_a_violation_as_lines_as_words_and_as_json() -> None:
    (found,) = _checking().check(exchanges(called(_BAD))[0])

    head, body = (line.plain for line in violation_lines(found))
    assert head == f"✗ #1 sum  data[0]  packet {found.packet}"
    assert body.startswith("    expected integer, came string")
    assert violation_words(found).startswith("#1 sum: data[0] is string")
    line = loads(violation_line(found))
    assert (line["type"], line["path"], line["exchange"]) == ("violation", "data[0]", 1)


def test_the_totals_as_json() -> None:
    checking = _checking()
    list(checking.violations_in(exchanges(called(_BAD))))

    assert loads(checked_line(checking)) == {
        "type": "checked",
        "contract": "c.json",
        "exchanges": 9,
        "violating": 9,
        "violations": 9,
    }
