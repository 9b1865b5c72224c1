from __future__ import annotations

import pytest

from inspector.calls.seen import Anomaly, Remark
from inspector.findings.catalogue import rules
from inspector.findings.habits import Habits
from inspector.findings.noticed import AnomalyRule, RemarkRule
from inspector.findings.rule import Context
from protocol import NEWEST
from tests.inspector.conversation import inspected
from tests.inspector.scenes import ANSWERED, replies

_CALL = inspected(replies(ANSWERED)().records).exchanges[0]
_DIRECTION, _RECORD = _CALL.connection.directions[0], _CALL.request_packets[0]
_CONTEXT = Context(NEWEST, Habits())


def test_a_remark_is_the_finding_that_it_names_and_says_its_details() -> None:
    remark = Remark(
        "length-unit", _DIRECTION, _RECORD, "UTF-8 bytes", "44 for 41", 5, 6
    )
    found = {
        rule.code: rule.find(remark, _CONTEXT)
        for rule in rules().values()
        if isinstance(rule, RemarkRule)
    }

    assert {code for code, finding in found.items() if finding} == {"length-unit"}
    finding = found["length-unit"]
    assert finding is not None
    assert (finding.subject, finding.detail) == ("UTF-8 bytes", "44 for 41")
    assert (finding.size, finding.duration_ns, finding.packet) == (5, 6, 4)


@pytest.mark.parametrize("lost", [0, 12])
def test_an_anomaly_says_what_is_wrong_and_how_much_is_lost(lost: int) -> None:
    code = "corrupted-length"
    anomaly = Anomaly(_DIRECTION, code, "length 'a'", _RECORD, lost)
    found = [
        finding
        for rule in rules().values()
        if isinstance(rule, AnomalyRule) and (finding := rule.find(anomaly, _CONTEXT))
    ]

    assert [(each.code, each.detail, each.size) for each in found] == [
        ("corrupted-length", "length 'a'", lost)
    ]
