"""One output in three formats."""

from __future__ import annotations

import pytest

from tests.inspector.captures import SEED
from tests.inspector.command import run


@pytest.mark.parametrize(
    "command", [[], ["exchanges"], ["packets"], ["ladder"], ["follow"]]
)
def test_format_json_is_json_and_format_table_is_the_view(command: list[str]) -> None:
    assert (
        run(*command, SEED, "--format", "json").out == run(*command, SEED, "--json").out
    )
    assert run(*command, SEED, "--format", "table").out == run(*command, SEED).out


def test_csv_is_for_exchanges() -> None:
    assert run("exchanges", SEED, "--format", "csv").out.startswith("number,kind,")
    outcome = run("packets", SEED, "--format", "csv")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "protocol-inspect: --format csv is for exchanges\n"


def test_a_wrong_field_suggests_the_right_one() -> None:
    outcome = run("exchanges", SEED, "--fields", "rout")

    assert (outcome.code, outcome.out) == (2, "")
    assert "--fields: no field 'rout', did you mean route?" in outcome.err
