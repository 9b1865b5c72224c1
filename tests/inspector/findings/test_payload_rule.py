from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.findings.evidence import Payload
from inspector.findings.payload_rule import PayloadRule
from tests.inspector.conversation import inspected
from tests.inspector.scenes import ANSWERED, replies

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup

_CALL = inspected(replies(ANSWERED)().records).exchanges[0]


class _Any(PayloadRule):
    def message(self, _finding: Finding) -> str:
        return "a payload"

    def headline(self, _group: FindingGroup) -> str:
        return "payloads"

    def cause(self, group: FindingGroup) -> str:
        return group.packets()


class _Needle(_Any):
    shortest = 8

    def glance(self, text: str) -> bool:
        return "needle" in text


@pytest.mark.parametrize(
    ("text", "applies"),
    [('"needle"', True), ("needle", False), ('"a straw"', False), ("", False)],
)
def test_a_payload_is_ruled_out_by_its_size_or_a_glance(
    text: str, *, applies: bool
) -> None:
    payload = Payload(_CALL, text, _CALL.request_packets[0], "request")

    assert _Needle().applies(payload) is applies
    assert _Any().applies(payload) is True
