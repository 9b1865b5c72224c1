"""The command: what of a conversation it draws."""

from __future__ import annotations

from tests.inspector.captures import ROOT
from tests.inspector.command import run

ROOMS = ROOT / "captures" / "chains" / "rooms-rabbitmq.pcap"
WEB = ROOT / "captures" / "web-nest12.pcap"
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


def test_chains_are_drawn_with_their_doubts_and_lanes_of_one_process() -> None:
    heading, *rows = run("ladder", ROOMS, "--chains", width=130).out.splitlines()

    assert heading.split() == [
        "time", "s", "Δ", "ms", "client", "server", ":13100", "RabbitMQ", ":15673",
        "handler", ":50902", "packets",
    ]  # fmt: skip
    calls = [" ".join(row.split()) for row in rows if "#8" in row or "#7" in row]
    assert calls[0].split("│")[1].startswith(" rsumAck [7,8,9] #7 ")
    assert calls[1].split("│")[2].startswith(" sum [7,8,9] #8 for #7 ")
    assert sum("for #11" in row for row in rows) == 4  # a call, and three events back

    doubted = run("ladder", WEB, "--chains", width=130).out
    assert " for #12 ? " in doubted
    assert " for #14 or #15 or more ? " in doubted
    assert " for #" not in run("ladder", ROOMS).out


def test_chains_are_a_diagram_too_and_need_a_file() -> None:
    lines = run("ladder", ROOMS, "--chains", "--mermaid").out.splitlines()
    names = [line.partition(" as ")[2] for line in lines if "participant" in line]

    assert len(names) == len(set(names)) == 4
    outcome = run("ladder", "-", "--chains")
    assert outcome.code == 2
    assert "--chains reads captures twice: give a file, not -" in outcome.err
