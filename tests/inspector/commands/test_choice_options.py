"""Which exchanges are meant, and what is said where none is."""

from __future__ import annotations

import pytest

from inspector.commands.choice_options import all_of
from tests.inspector.captures import SHOWCASE
from tests.inspector.command import run


def test_all_choices_have_to_hold() -> None:
    both = run(
        "exchanges", SHOWCASE, "--json", "--grep", "tick", "--where", "number > 12"
    ).lines
    told = run("exchanges", SHOWCASE, "--json", "--where", 'route == "tick"').lines

    assert both == [line for line in told if line["number"] > 12]
    assert all_of([]) is None


@pytest.mark.parametrize("command", ["report", "packets", "follow", "ladder"])
def test_a_text_chooses_on_every_command(command: str) -> None:
    grepped = run(command, SHOWCASE, "--json", "--grep", '"tick"')
    chosen = run(command, SHOWCASE, "--json", "--where", 'route == "tick"')

    assert grepped == chosen
    assert grepped.lines


def test_what_chose_nothing_is_named() -> None:
    outcome = run("exchanges", SHOWCASE, "--grep", "zzz", "--where", 'route == "tic"')

    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == (
        "protocol-inspect: --where, --grep: selected none of 211 exchanges. "
        'No exchange has route "tic". Similar routes: tick\n'
    )


def test_a_range_of_time_is_what_the_table_shows() -> None:
    rows = [line.split() for line in run("exchanges", SHOWCASE).out.splitlines()[1:]]
    begin, end = rows[2][1], rows[6][1]
    within = ("exchanges", SHOWCASE, "--json", "--where", f"time >= {begin}s")

    to_end = run("exchanges", SHOWCASE, "--json", "--to", end).lines
    from_begin = run("exchanges", SHOWCASE, "--json", "--from", begin).lines
    assert [line["number"] for line in to_end] == list(range(1, 8))
    assert from_begin == run(*within).lines
    assert [line["number"] for line in from_begin] == list(range(3, 212))


def test_a_range_of_dates_is_in_utc() -> None:
    asked = ("exchanges", SHOWCASE, "--json", "--from")
    by_date = run(*asked, "2026-11-20T21:00:44Z").lines
    by_clock = run(*asked, "21:00:44").lines
    everything = run("exchanges", SHOWCASE, "--json").lines

    assert by_date == by_clock
    assert by_date == [x for x in everything if x["time_ns"] >= 1_795_208_444 * 10**9]
    assert 0 < len(by_date) < len(everything)


def test_a_malformed_time_is_pointed_at() -> None:
    outcome = run("exchanges", SHOWCASE, "--to", "21:61")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        "protocol-inspect: --to: there is no minute 61 at character 4\n"
    )


def test_a_range_that_holds_nothing_is_named() -> None:
    outcome = run("exchanges", SHOWCASE, "--from", "1h")

    assert outcome.err == (
        "protocol-inspect: --from: selected none of 211 exchanges. "
        "The last request was sent at 1.188421 s\n"
    )


def test_an_empty_text_is_refused() -> None:
    outcome = run("exchanges", SHOWCASE, "--grep", "")

    assert outcome.code == 2
    assert "Invalid value for '--grep': the text is empty" in outcome.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--where", "route == pay"], "no field 'pay'; a text needs quotes: \"pay\""),
        (
            ["--where", 'outcome == "zzz"'],
            "no outcome 'zzz'; there are completed, error",
        ),
        (["--grep", "TICK"], "--grep distinguishes upper and lower case"),
    ],
)
def test_a_choice_that_is_none_says_what_helps(words: list[str], said: str) -> None:
    assert said in run("exchanges", SHOWCASE, *words).err
