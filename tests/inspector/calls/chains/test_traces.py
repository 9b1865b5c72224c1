from __future__ import annotations

import pytest

from inspector.calls.chains import traces
from inspector.calls.chains.traces import trace_of
from protocol import UNDEFINED, Json, JsonText, dumps

_ID = "0af7651916cd43dd8448eb211c80319c"
_TRACE = f"00-{_ID}-b7ad6b7169203331-01"


@pytest.mark.parametrize(
    ("metadata", "trace"),
    [
        ({"traceparent": _TRACE}, _ID),
        ({"Traceparent": [_TRACE]}, _ID),
        ({"headers": {"traceparent": _TRACE}}, _ID),
        ({"traceparent": "00-" + "0" * 32 + "-b7ad6b7169203331-01"}, ""),
        ({"traceparent": "rubbish"}, ""),
        ({"trace": _TRACE}, ""),
        ([_TRACE], ""),
        (_TRACE, ""),
        ({"traceparent": _TRACE, "more": "x" * traces.LARGEST}, ""),
    ],
)
def test_a_trace_is_named_in_metadata_or_headers(metadata: Json, trace: str) -> None:
    assert trace_of(JsonText(dumps(metadata))) == trace


def test_without_metadata_there_is_no_trace() -> None:
    assert trace_of(UNDEFINED) == ""
