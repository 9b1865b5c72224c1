from __future__ import annotations

import pytest

from protocol import NO_MESSAGE_HANDLER, Json
from servers.grpc.statuses import Status, error_of, status_of


@pytest.mark.parametrize(
    ("err", "status"),
    [
        ({"code": 5, "message": "no such cat"}, Status(5, "no such cat")),
        ({"code": 5, "details": "more", "message": "m"}, Status(5, "more")),
        ({"status": "error", "message": "a text"}, Status(2, "a text")),
        ({"code": "EEXIST", "message": "m"}, Status(2, "m")),
        ({"code": 99}, Status(2, "")),
        ({"message": {"a": 1}}, Status(2, '{"a":1}')),
        ("text", Status(2, "text")),
        ([1], Status(2, "[1]")),
        (NO_MESSAGE_HANDLER, Status(12, NO_MESSAGE_HANDLER)),
    ],
)
def test_an_error_is_a_status_as_in_nest(err: Json, status: Status) -> None:
    assert status_of(err) == status


def test_a_status_is_an_error_that_says_all_of_it() -> None:
    assert error_of(5, "NOT_FOUND", "no") == {
        "code": 5,
        "status": "NOT_FOUND",
        "message": "no",
    }
