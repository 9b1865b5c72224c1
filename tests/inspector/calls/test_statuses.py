from __future__ import annotations

import pytest

from inspector.calls.statuses import status_of
from protocol import UNDEFINED, JsonText, dumps


@pytest.mark.parametrize(
    ("err", "status"),
    [
        ({"statusCode": 503, "message": "no"}, 503),
        ({"status": 404, "message": "Not Found"}, 404),
        ({"status": "error", "message": "Internal server error"}, None),
        ({"statusCode": True}, None),
        ({"statusCode": 42}, None),
        ({"statusCode": 1000, "status": 500}, 500),
        ("refused", None),
        ([500], None),
    ],
)
def test_the_status_code_is_where_nest_has_it(err: object, status: int | None) -> None:
    assert status_of(JsonText(dumps(err))) == status


def test_what_is_no_error_has_no_status() -> None:
    assert status_of(UNDEFINED) is None
