from __future__ import annotations

import json

import pytest

from tests.inspector.captures import ROOT
from tests.inspector.command import run

_SEED = ROOT / "captures" / "seed-nest12.pcap"
_SHOWCASE = ROOT / "captures" / "showcase-nest12.pcap"


def test_a_person_sees_a_tree_and_a_program_a_document() -> None:
    shown, written = run("contract", _SEED), run("contract", _SEED, "--json")

    assert (shown.code, shown.err) == (0, "")
    assert "sum  5 calls, TCP\n  data   array of integer\n  reply  integer" in shown.out
    assert [each["route"] for each in json.loads(written.out)["patterns"]] == [
        *("log", "sum")
    ]


def test_the_contract_of_the_guide_is_that_of_its_capture() -> None:
    kept = (ROOT / "captures" / "seed.json").read_text(encoding="utf-8")

    assert run("contract", _SEED, "--json").out == kept


@pytest.mark.parametrize("name", ["json-schema", "json_schema", "asyncapi"])
def test_formats_may_be_named_as_options_are(name: str) -> None:
    outcome = run("contract", _SEED, "--format", name)

    assert outcome.code == 0
    assert json.loads(outcome.out)


def test_several_captures_and_a_filter_make_one_contract() -> None:
    outcome = run(
        "contract", _SEED, _SHOWCASE, "--json", "--where", "kind == 'message'"
    )

    routes = {each["route"] for each in json.loads(outcome.out)["patterns"]}
    assert {"sum", "square", "7"} <= routes
    assert "log" not in routes


def test_a_format_that_does_not_serve_is_refused() -> None:
    outcome = run("contract", _SEED, "--format", "csv")

    assert outcome.code == 2
    assert outcome.err.startswith("protocol-inspect: --format csv is for")


def test_what_cannot_be_read_is_said() -> None:
    outcome = run("contract", ROOT / "README.md")

    assert outcome.code == 3
    assert "README.md" in outcome.err
