"""Which checks a server without a fault passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.conformance.card import UntriedError
from inspector.conformance.serving.target import Subject, Subjects, Target
from tests.inspector.conformance.faulty_server import FaultyServer
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.conformance.serving.registry import ServerCheck

SUBJECTS = Subjects(
    call=Subject({"cmd": "sum", "of": "numbers"}, [1, 2]),
    echo=Subject("echo", [1, 2]),
    stream=Subject("count", [1, 2]),
    error=Subject("fail", [1, 2]),
    event=Subject("log", [1, 2]),
    slow=Subject("slow", [1, 2]),
)


def passed(checks: Iterable[ServerCheck]) -> set[str]:
    """Make checks; return the names of those that were tried."""
    tried = set()
    with FaultyServer.serving() as server:
        target = Target(("127.0.0.1", server.port), SUBJECTS, PATIENCE)
        target.learn()
        for each in checks:
            try:
                each.run(target)
            except UntriedError:
                continue
            tried.add(each.check.name)
    return tried
