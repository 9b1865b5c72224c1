"""The command: what of a conversation it draws."""

from __future__ import annotations

from tests.inspector.captures import ROOT
from tests.inspector.command import run

TWO = ROOT / "captures" / "two-services-nest12.pcap"


def test_a_connection_that_is_none_of_nests_is_named() -> None:
    outcome = run("ladder", TWO, "--connection", "1")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        "protocol-inspect: connection 1: no Nest connection; those are 2, 3\n"
    )


def test_json_is_that_of_the_packets() -> None:
    assert run("ladder", TWO, "--json").out == run("packets", TWO, "--json").out


def test_an_id_that_nobody_used_draws_nothing() -> None:
    outcome = run("ladder", TWO, "--id", "none")

    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "protocol-inspect: no exchange has the id none\n"


def test_a_number_that_is_given_as_an_id_is_told_with_the_filter_for_it() -> None:
    err = " ".join(run("ladder", TWO, "--id", "12", "--id", "#3").err.split())

    assert err.endswith(
        "no exchange has the id 12 or #3; by its number it is "
        "--where 'number == 12 or number == 3'"
    )


def test_where_and_id_both_have_to_hold() -> None:
    line = run("exchanges", TWO, "--json", "--where", 'route == "sum"').lines[0]
    both = run("ladder", TWO, "--id", line["id"], "--where", 'route == "log"')

    assert both.out == ""


def test_a_number_after_the_captures_is_a_connection() -> None:
    named = run("ladder", TWO, "--connection", "2")

    assert named.out
    assert run("ladder", TWO, "2") == named
    assert "connection 9: no Nest connection" in run("ladder", TWO, "9").err
