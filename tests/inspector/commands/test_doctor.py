"""``protocol-inspect doctor``, from the words to the exit code."""

from __future__ import annotations

from tests.inspector.carriers.plugged import registered
from tests.inspector.command import run


def test_all_groups_are_looked_at() -> None:
    outcome = run("doctor")

    assert (outcome.code, outcome.err) == (0, "")
    for heading in ("Capture", "Programs", "Extensions", "Extras", "Terminal"):
        assert f"\n{heading}\n" in outcome.out


def test_a_plug_in_that_does_not_load_is_a_failure() -> None:
    with registered(doves="no_such_package:carrier"):
        outcome = run("doctor")

    assert outcome.code == 1
    assert "✗ doves" in outcome.out
    assert outcome.out.endswith("absent.\n")


def test_json_has_the_same_checks() -> None:
    lines = run("doctor", "--json").lines

    assert {line["type"] for line in lines} == {"check"}
    assert {"python", "tcpdump", "live", "width"} <= {line["name"] for line in lines}
