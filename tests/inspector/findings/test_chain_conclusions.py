from __future__ import annotations

import pytest

from inspector.findings import chain_conclusions
from inspector.findings.catalogue import rules
from inspector.findings.conclusions import Conclusion
from tests.inspector.conversation import inspected
from tests.inspector.traces import TRACES

_KINDS = [
    each
    for each in vars(chain_conclusions).values()
    if isinstance(each, type) and each.__base__ is Conclusion
]


@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: kind.__name__)
def test_each_is_what_one_finding_is_judged_from(kind: type[Conclusion]) -> None:
    (code,) = [code for code, rule in rules().items() if rule.about is kind]
    findings = inspected(TRACES[code].triggers().records).findings
    (found,) = [each.concluded(kind) for each in findings if each.code == code]

    assert found.place.exchange == 1
    assert found.place.route == "order"
    assert found.server == "10.0.0.2:3000"
