from __future__ import annotations

import pytest

from inspector.commands.contract_options import fail_on_violations
from inspector.contracts.checking import Checking
from tests.inspector.contracts.gathered import called, contract, exchanges


def _checked(*data: object) -> Checking:
    checking = Checking(contract([("sum", [1], 1)]), name="c.json")
    calls = exchanges(called(("sum", each, 1) for each in data))
    list(checking.violations_in(calls))
    return checking


def test_violations_end_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        fail_on_violations(_checked("x", [1]), allow_empty=False)

    assert ended.value.code == 1
    assert "--contract: 1 exchange violates c.json" in capsys.readouterr().err


def test_traffic_that_is_as_it_should_be_ends_none() -> None:
    fail_on_violations(_checked([2]), allow_empty=False)
    fail_on_violations(_checked(), allow_empty=True)
    with pytest.raises(SystemExit):
        fail_on_violations(_checked(), allow_empty=False)
