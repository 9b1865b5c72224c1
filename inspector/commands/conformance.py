"""``protocol-inspect conformance``: whether a peer speaks as Nest does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from inspector.errors import InspectorError, UnwritableOutputError
from protocol import loads

from .completing import complete_check, complete_file
from .pictures import png_option, save, svg_option, take_pictures
from .quantities import DURATION, NUMBER
from .speech import say
from .standard_output import StandardOutput, check_writable

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.conformance.card import Card
    from inspector.conformance.serving.target import Subjects
    from protocol import Json

Decorated = TypeVar("Decorated", bound="Callable[..., Any] | click.Command")

_HERE = "127.0.0.1"
_SECOND_NS = 1_000_000_000
_FAILED = 1
_OF_SERVERS = {
    "call": "--pattern, --data",
    "echo": "--echo-pattern",
    "stream": "--stream-pattern",
    "error": "--error-pattern",
    "event": "--event-pattern",
    "slow": "--slow-pattern",
}


def _read_pattern(_: click.Context, __: click.Parameter, text: str | None) -> Json:
    """Return a pattern: JSON, or the text itself if it is not JSON."""
    try:
        return text if text is None else loads(text)
    except ValueError:
        return text


def _read_data(_: click.Context, __: click.Parameter, text: str) -> Json:
    try:
        return loads(text)
    except ValueError:
        raise click.BadParameter(
            f"""{text} is not JSON; a string has quotes: '"{text}"'"""
        ) from None


def _pattern(name: str, words: str) -> Callable[[Decorated], Decorated]:
    return click.option(
        f"--{name}pattern", metavar="PATTERN", callback=_read_pattern, help=words
    )


@click.command()
@click.option("--connect", metavar="HOST:PORT", help="Grade the server there.")
@click.option(
    "--serve",
    metavar="[HOST:]PORT",
    help="Listen there, and grade the client that connects.",
)
@_pattern("", "What the server answers with one value; text or JSON.")
@click.option(
    "--data",
    default="1",
    metavar="JSON",
    callback=_read_data,
    help="The data of all patterns but --echo-pattern; 1 unless given.",
)
@_pattern("echo-", "What the server answers with its data.")
@_pattern("stream-", "What it answers with several values.")
@_pattern("error-", "What it answers with an error.")
@_pattern("event-", "What it takes as an event.")
@_pattern("slow-", "What it takes longer for than for --pattern.")
@click.option(
    "--timeout",
    "timeout_ns",
    type=DURATION,
    default="5s",
    help="How long to wait for a reply: 500ms, 5s.",
)
@click.option(
    "--check",
    "checks",
    multiple=True,
    metavar="NAME",
    shell_complete=complete_check,
    help="Make this check alone.",
)
@click.option(
    "--idle",
    "idle_ns",
    type=DURATION,
    default="10s",
    help="Stop when the client has been silent for so long.",
)
@click.option(
    "--expect", type=NUMBER, metavar="N", help="Stop after so many packets of checks."
)
@click.option(
    "--json", "as_json", is_flag=True, help="Write a JSON line for each check."
)
@click.option(
    "--junit",
    metavar="FILE",
    shell_complete=complete_file,
    help="Also write the card as JUnit XML.",
)
@svg_option
@png_option
def conformance(*, as_json: bool, junit: str | None, **given: Any) -> None:  # noqa: ANN401
    """Grade a server or a client in any language: does it speak as Nest does?

    Of a server, name patterns that it handles; checks that need others are not tried.
    A client is asked to call patterns, and to report what it got:
    docs/conformance.md describes how. The exit code is 1 if a check failed.

    \b
    Example:
      protocol-inspect conformance --connect 127.0.0.1:8888 --pattern sum --data [1,2]
    """
    if (given["connect"] is None) == (given["serve"] is None):
        raise click.UsageError("give either --connect or --serve")
    _check_options(given)
    pictures = take_pictures(given, "--json" if as_json else None)
    if junit is not None:
        check_writable("--junit", junit)
    card = _grade_server(given) if given["connect"] else _grade_client(given)
    output = StandardOutput("conformance", (), recorded=bool(pictures))
    _show(card, output, as_json=as_json)
    save(pictures, output)
    if junit is not None:
        _write_junit(card, junit)
    _finish(card)


def _check_options(given: dict[str, Any]) -> None:
    """Refuse what has no effect.

    Raises:
        click.UsageError: Naming the option.
    """
    context = click.get_current_context()
    of_clients = {"idle_ns": "--idle", "expect": "--expect"}
    names = ("pattern", "data", "timeout_ns", "checks", *_pattern_names())
    of_servers = {each: f"--{each.replace('_', '-')}" for each in names}
    of_servers |= {"timeout_ns": "--timeout", "checks": "--check"}
    wrong, needed = (
        (of_clients, "--serve") if given["connect"] else (of_servers, "--connect")
    )
    for name, option in wrong.items():
        source = context.get_parameter_source(name)
        if source is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{option} needs {needed}")


def _pattern_names() -> list[str]:
    return [f"{each}_pattern" for each in _OF_SERVERS if each != "call"]


def _grade_server(given: dict[str, Any]) -> Card:
    from inspector.conformance.serving.grading import CHECKS, grade_server  # noqa: PLC0415
    from inspector.conformance.serving.target import Target  # noqa: PLC0415
    from inspector.sources.proxy import endpoint  # noqa: PLC0415

    host, port = endpoint(given["connect"])
    known = {each.check.name for each in CHECKS}
    for name in given["checks"]:
        if name not in known:
            raise click.UsageError(f"no check {name}; {_meant(name, known)}")
    target = Target((host, port), _subjects(given), given["timeout_ns"] / _SECOND_NS)
    target.check_reachable()
    return grade_server(target, given["checks"])


def _meant(name: str, known: set[str]) -> str:
    """Return the checks that have a word in their names, or names like it, or all."""
    from difflib import get_close_matches  # noqa: PLC0415 — for mistakes alone

    names = sorted(known)
    near = [each for each in names if name in each.split("-")]
    near = near or get_close_matches(name, names, n=2)
    if not near:
        words = {word for each in names for word in each.split("-")}
        like = get_close_matches(name, sorted(words), 1, 0.8)
        near = [each for each in names if like and like[0] in each.split("-")]
    if near:
        return f"did you mean {', '.join(near)}?"
    return f"there are {', '.join(names)}"


def _subjects(given: dict[str, Any]) -> Subjects:
    from inspector.conformance.serving.target import Subject, Subjects  # noqa: PLC0415

    patterns = {
        each: given[f"{each}_pattern"] for each in _OF_SERVERS if each != "call"
    }
    patterns["call"] = given["pattern"]
    return Subjects(
        **{
            name: Subject(pattern, given["data"])
            for name, pattern in patterns.items()
            if pattern is not None
        }
    )


def _grade_client(given: dict[str, Any]) -> Card:
    from inspector.conformance.calling.desk import Until, grade_client  # noqa: PLC0415
    from inspector.sources.proxy import endpoint  # noqa: PLC0415

    host, port = endpoint(given["serve"], host=_HERE)

    def ready(port: int) -> None:
        say(f"listening at {host}:{port}: connect your client; Ctrl-C ends", "command")

    until = Until(given["idle_ns"] / _SECOND_NS, given["expect"])
    return grade_client(host, port, until, ready)


def _show(card: Card, output: StandardOutput, *, as_json: bool) -> None:
    from inspector.views.conformance_view import card_lines, print_card  # noqa: PLC0415

    if as_json:
        for line in card_lines(card):
            output.write(line)
    else:
        print_card(output.screen(), card)


def _write_junit(card: Card, file: str) -> None:
    from inspector.conformance.junit import junit  # noqa: PLC0415

    try:
        Path(file).write_bytes(junit(card))
    except OSError as error:
        raise UnwritableOutputError.of(f"--junit: {file}", error) from None


def _finish(card: Card) -> None:
    from inspector.conformance.card import Outcome  # noqa: PLC0415

    if not card.count(Outcome.PASSED) and not card.count(Outcome.FAILED):
        raise InspectorError("conformance", "nothing was tried: nobody connected")
    if card.count(Outcome.FAILED):
        raise SystemExit(_FAILED)
