from __future__ import annotations

from typing import Any

import pytest

from servers import UsageError
from servers.mqtt.options import Options


def test_calls_that_nobody_hears_are_told_by_default() -> None:
    options = Options()

    assert (options.qos, options.version, options.session) == (1, "5", 0)


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        ({"qos": 3}, "qos is 0, 1 or 2"),
        ({"qos_of": {"a": -1}}, "qos is 0, 1 or 2"),
        ({"version": "4"}, "version is one of '5', '3.1.1'"),
        ({"session": 60}, "a session needs a client_id"),
        ({"group": "a/b"}, "the name of a group has no '/'"),
        ({"in_flight": 0}, "in_flight is from 1 to 65535"),
        ({"in_flight": 65_536}, "in_flight is from 1 to 65535"),
        ({"keepalive": -1}, "no such numbers"),
    ],
)
def test_what_contradicts_itself_is_refused(chosen: dict[str, Any], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        Options(**chosen)
