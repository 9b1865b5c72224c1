"""What a shell is answered, by the option or argument that it asks about."""

from __future__ import annotations

import click
import pytest

from inspector.cli import command
from inspector.columnar.relations import VIEWS
from inspector.commands.completing import complete_field
from inspector.conformance.serving.grading import CHECKS

_CONTEXT = click.Context(click.Command("exchanges"))
_OPTION = click.Option(["--where"])


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("outc", ["outcome"]),
        ('route == "sum" and lat', ["latency", "latency_ns"]),
        ("route,dura", ["duration", "duration_ns"]),
        ("(not shar", ["shared_packets"]),
        ("nothing_like_it", []),
        ("data.rou", []),
    ],
)
def test_the_last_word_is_completed(typed: str, expected: list[str]) -> None:
    before = typed.rstrip("abcdefghijklmnopqrstuvwxyz_")
    found = {item.value for item in complete_field(_CONTEXT, _OPTION, typed)}

    assert found == {before + each for each in expected}


def test_without_a_word_all_fields_stand_there() -> None:
    found = [item.value for item in complete_field(_CONTEXT, _OPTION, "")]

    assert {"route", "latency", "data", "metadata"} <= set(found)


def _words(name: str, option: str, typed: str = "") -> list[tuple[str, str]]:
    """Return what is completed after an option, or for an argument, and its type."""
    with click.Context(command) as root:
        found = command.get_command(root, name)
        assert found is not None
        context = click.Context(found, info_name=name, parent=root)
        named = {p.opts[-1]: p for p in found.get_params(context)}
        items = named[option].shell_complete(context, typed)
    return [(each.type, each.value) for each in items]


def _paths() -> set[tuple[str, str]]:
    """Return the commands and their parameters that are files or folders."""
    kinds = ("FILE", "DIR", "FOLDER", "CAPTURE...", "REPORT...", "SOURCES...")
    with click.Context(command) as root:
        return {
            (name, parameter.opts[-1])
            for name in command.list_commands(root)
            if (found := command.get_command(root, name)) is not None
            for parameter in found.get_params(click.Context(found, parent=root))
            if parameter.metavar in (*kinds, "[DIR|FILE]")
        }


def test_files_and_folders_are_completed_wherever_they_are_named() -> None:
    paths = _paths()

    assert {("merge", "reports"), ("fleet", "--save"), ("query", "path")} <= paths
    for name, option in paths:
        ((kind, value),) = _words(name, option, "some")
        folder = option in {"--parquet", "--checkpoint"}
        assert (kind, value) == ("dir" if folder else "file", "some"), (name, option)


def test_what_has_one_of_a_few_values_is_completed() -> None:
    checks = [("plain", each.check.name) for each in CHECKS]
    views = [("plain", each.name) for each in VIEWS]

    assert _words("conformance", "--check") == checks
    assert _words("query", "sql") == views
    for name, option, typed, expected in (
        ("live", "--interface", "l", "lo"),
        ("live", "--only", "outc", "outcome="),
        ("proxy", "--only", "outcome=e", "outcome=error"),
        ("proxy", "--only", "patt", "pattern="),
        ("proxy", "--format", "j", "json"),
        ("fleet", "--carrier", "na", "nats:"),
        ("fixture", "--redact", "a", "auto"),
        ("diff", "--fail-on", "b", "breaking"),
        ("report", "--fail-on", "unansw", "unanswered"),
        ("report", "--fail-on", "errors > 0 and p9", "errors > 0 and p99"),
        ("report", "--fail-on", "count(outc", "count(outcome"),
        (
            "report",
            "--fail-on",
            "count(route) > 1 and not",
            "count(route) > 1 and notes",
        ),
    ):
        assert ("plain", expected) in _words(name, option, typed), (option, typed)
