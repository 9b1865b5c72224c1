from __future__ import annotations

import msgspec

from inspector.page.page_limits import USUAL


def test_the_usual_limits_leave_every_kind_of_thing_some_room() -> None:
    limits = msgspec.structs.asdict(USUAL)

    assert all(limit > 0 for limit in limits.values())
    assert USUAL.payloads <= USUAL.exchanges
    assert USUAL.one_payload <= USUAL.payload_bytes
