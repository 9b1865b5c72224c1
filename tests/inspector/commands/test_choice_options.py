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
        "protocol-inspect: --where, --grep: chose none of 211 exchanges. "
        'No exchange has route "tic". Routes like it: tick\n'
    )


def test_an_empty_text_is_refused() -> None:
    outcome = run("exchanges", SHOWCASE, "--grep", "")

    assert outcome.code == 2
    assert "Invalid value for '--grep': the text is empty" in outcome.err
