"""All checks of servers, one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.conformance.card import (
    Card,
    Check,
    FailedError,
    Transcript,
    UntriedError,
    judge,
)

from . import connections, framing, packets, replies
from .registry import ServerCheck

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from inspector.conformance.card import Result

    from .target import Target

_ANSWERS = Check(
    "answers",
    "Answers a request",
    "3-packets",
    "answers each request with a packet that has its id",
)
CHECKS = [
    ServerCheck(_ANSWERS, lambda target: target.learn()),
    *framing.CHECKS,
    *packets.CHECKS,
    *connections.CHECKS,
    *replies.CHECKS,  # the last of which are about all that came
]
"""In the order in which they are made."""


def grade_server(
    target: Target,
    only: Collection[str] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> Card:
    """Return the card of a server.

    Args:
        target: The server.
        only: The names of the checks to make; all if empty. The first is always made.
        progress: Called with the name of each check before it is made.
    """
    results: list[Result] = []
    for each in CHECKS:
        if only and each.check.name not in {*only, _ANSWERS.name}:
            continue
        progress(each.check.name)
        results.append(_made(each, target))
    host, port = target.address
    return Card("server", f"{host}:{port}", results)


def _made(check: ServerCheck, target: Target) -> Result:
    target.transcript = Transcript()
    try:
        if target.silent:
            raise UntriedError("the first call was not answered")  # noqa: TRY301
        check.run(target)
    except (FailedError, UntriedError) as error:
        return judge(check.check, error, target.transcript)
    return judge(check.check, None, target.transcript)
