from __future__ import annotations

import json

from inspector.browser.details import (
    as_call,
    as_json,
    details,
    finding_details,
    preview,
)
from inspector.browser.looking import Looking
from inspector.pipeline import Options
from inspector.views.clock import Times
from inspector.views.show_setting import Setting
from tests.inspector.browser.piloted import NASTY, SLOW, exchanges_of, session_of


def test_what_is_shown_before_and_after_packets_are_read() -> None:
    session = session_of(SLOW)
    call = session.store.exchange(422)
    assert call is not None
    found = session.findings(call)
    setting = Setting(["slow.pcap"], session.first_ns, 60)

    before = "\n".join(line.plain for line in preview(call, found, setting))
    assert "1,288 times the median" in before
    assert '"traceId": "tr-00421"' in before
    assert "Packets" not in before

    looking = Looking([str(SLOW)], Options(), Times.RELATIVE)
    closeup = looking.close_up(422, [422], lambda: False)
    assert closeup is not None
    after = "\n".join(line.plain for line in details(closeup, found, setting))
    assert "Packets" in after
    assert "again    protocol-call send" in after
    assert session.report is not None
    groups = list(session.report.findings.values())
    assert any("fix" in line.plain for line in finding_details(groups[0], 60))
    session.stop()


def test_a_call_as_a_command_and_as_json() -> None:
    call = next(each for each in exchanges_of(SLOW) if each.number == 422)

    line = as_call(call)
    assert line is not None
    assert line.startswith(
        'protocol-call send 10.1.1.6:8889 \'{"cmd":"orders.create"}\''
    )
    value = json.loads(as_json(call))
    assert value["data"]["userId"] == 421
    assert value["replies"] == [{"response": {"ok": True, "rows": [0]}}]
    for each in exchanges_of(NASTY):
        assert json.loads(as_json(each))["pattern"] == each.pattern
