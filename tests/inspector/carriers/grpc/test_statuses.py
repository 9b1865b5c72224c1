from __future__ import annotations

import grpc

from inspector.carriers.grpc import statuses


def test_names_are_those_of_grpc() -> None:
    known = {each.value[0]: each.name for each in grpc.StatusCode}
    assert {code: statuses.name_of(code) for code in known} == known
    assert statuses.name_of(99) == "UNKNOWN"


def test_errors_of_http_mean_a_status() -> None:
    assert statuses.error_name(11) == "ENHANCE_YOUR_CALM"
    assert statuses.error_name(99) == "error 99"
    assert statuses.status_of_error(7) == statuses.UNAVAILABLE
    assert statuses.status_of_error(8) == statuses.CANCELLED
    assert statuses.status_of_error(1) == statuses.INTERNAL
    assert statuses.status_of_http("404") == statuses.UNIMPLEMENTED
    assert statuses.status_of_http("418") == statuses.UNKNOWN
