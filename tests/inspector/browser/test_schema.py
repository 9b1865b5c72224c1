from __future__ import annotations

from inspector.browser.packing import pack
from inspector.browser.schema import TABLES, columns_of, is_failed
from inspector.calls.exchanges import Outcome
from tests.inspector.browser.piloted import SLOW, exchanges_of


def test_a_row_has_what_is_compared_and_sorted_by() -> None:
    exchanges = exchanges_of(SLOW)
    call = next(each for each in exchanges if each.number == 422)

    row = columns_of(call, 3, pack(call))

    assert row[0] == 422
    assert row[3:8] == ("message", "completed", "tcp", 3, call.connection.number)
    assert row[8] == call.latency_ns
    assert row[10] == 2
    assert row[15] is False
    assert row[16:] == ('{"userId":421,"traceId":', '{"ok":true,"rows":[0]}')
    assert TABLES.count("CREATE TABLE") == 5


def test_what_failed_is_what_people_look_for() -> None:
    exchanges = exchanges_of(SLOW)

    failed = [each for each in exchanges if is_failed(each)]

    assert len(failed) == 12
    assert {each.outcome for each in failed} == {Outcome.ERROR}
