"""What the options of ``protocol-call replay`` ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import click

from servers.errors import UsageError
from servers.recorded.json_paths import JsonPaths

from .choosing import Choice
from .pacing import Pace
from .running import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping


class Asked(NamedTuple):
    """What the command is asked for.

    Attributes:
        file: What was recorded.
        of_capture: Options for the inspector, if the file is a capture.
        plan: How the run is made.
        dry: Whether nothing is sent.
        as_json: Whether JSON lines are written.
    """

    file: str
    of_capture: tuple[str, ...]
    plan: Plan
    dry: bool
    as_json: bool


def asked(given: Mapping[str, Any]) -> Asked:
    """Return what the options ask for.

    Raises:
        click.UsageError: They contradict each other, or a path is malformed.
    """
    if given["rate"] is not None and given["speed"] != 1:
        raise click.UsageError("--rate and --speed are both a pace; choose one")
    try:
        ignored = JsonPaths(given["ignore"])
    except UsageError as error:
        raise click.BadParameter(str(error), param_hint="--ignore") from None
    kind = given["kind"]
    choice = Choice(
        routes=given["routes"],
        servers=given["servers"],
        kinds=("message", "event") if kind is None else (kind,),
        allowed=given["allow"],
        allow_all=given["allow_all"],
        allow_redacted=given["allow_redacted"],
    )
    pace = Pace(given["speed"], given["rate"])
    return Asked(
        given["file"],
        tuple(word for each in given["where"] for word in ("--where", each)),
        Plan(choice, pace, given["concurrency"], ignored),
        given["dry_run"],
        given["as_json"],
    )
