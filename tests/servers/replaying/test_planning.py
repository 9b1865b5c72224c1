from __future__ import annotations

import click
import pytest

from servers.cli import command
from servers.replaying.choosing import Choice
from servers.replaying.pacing import Pace
from servers.replaying.planning import Asked, asked


def _asked(*words: str) -> Asked:
    given = ["a.jsonl", "127.0.0.1:8888", *words]
    with command.commands["replay"].make_context("replay", given) as context:
        return asked(context.params)


def test_without_options_little_is_sent_as_it_was() -> None:
    wanted = _asked()

    assert (wanted.file, wanted.of_capture, wanted.dry) == ("a.jsonl", (), False)
    assert wanted.plan.choice == Choice()
    assert (wanted.plan.pace, wanted.plan.concurrency) == (Pace(), 256)


def test_options_say_what_is_sent_and_how() -> None:
    wanted = _asked(
        *("--route", "a*", "--server", "calc", "--kind", "event", "--allow", "a*"),
        *("--allow-all", "--allow-redacted", "--rate", "100", "--concurrency", "5"),
        *("--where", "route == 'a'", "--ignore", "$.ts", "--dry-run", "--json"),
    )

    assert wanted.plan.choice == Choice(
        ("a*",), ("calc",), ("event",), ("a*",), allow_all=True, allow_redacted=True
    )
    assert wanted.of_capture == ("--where", "route == 'a'")
    assert wanted.plan.pace == Pace(rate=100)
    assert (wanted.plan.concurrency, wanted.dry, wanted.as_json) == (5, True, True)
    assert wanted.plan.ignored


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--rate", "5", "--speed", "2"], "--rate and --speed"),
        (["--ignore", "ts"], "it begins with"),
    ],
)
def test_a_mistake_is_one_of_usage(words: list[str], said: str) -> None:
    with pytest.raises(click.UsageError) as caught:
        _asked(*words)
    assert said in caught.value.format_message()
