from __future__ import annotations

from inspector.views.format_registry import format_named
from tests.inspector.contracts.gathered import called, contract
from tests.inspector.views.formats.written import Read, opened

_CALLS = [("sum", [1, 2], 3)]


def test_a_contract_is_one_document() -> None:
    form, written = opened("json_schema")
    form.contract(contract(_CALLS), Read(called(_CALLS).records))

    assert '''"$defs"''' in written.text
    assert written.text.endswith("\n")
    assert not written.text.endswith("\n\n")


def test_it_serves_contracts_alone() -> None:
    assert format_named("json_schema").served() == ["contract"]
    assert format_named("json_schema").title == "JSON Schema"
