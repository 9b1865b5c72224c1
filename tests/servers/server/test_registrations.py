from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from servers import HandlerError, PatternError
from servers.payloads import to_text
from servers.server.dependencies import Overrides
from servers.server.registrations import Registration
from servers.server.scopes import Scope
from servers.server.threads import DaemonThreads

if TYPE_CHECKING:
    from servers.payloads import Write


def _answer() -> int:
    return 1


def _writer(_route: str) -> Write:
    return to_text


async def _answer_later() -> int:
    return 1


def test_each_prefix_goes_before_those_within_and_so_does_each_scope() -> None:
    own, router, outer = Scope(), Scope(), Scope()
    registration = Registration(["a", "b"], _answer, scopes=(own,))

    within = registration.within("r.", router).within("o.", outer)

    assert within.pattern == ["o.r.a", "o.r.b"]
    assert within.scopes == (outer, router, own)
    assert registration.pattern == ["a", "b"]


def test_a_pattern_that_no_packet_reaches_with_its_prefix_is_refused() -> None:
    with pytest.raises(PatternError, match=r"no packet can reach '1\.0'"):
        Registration("0", _answer).within("1.")


def test_there_is_a_handler_for_each_pattern() -> None:
    registration = Registration([{"a": 1}, 2], _answer, is_event=True)

    handlers = registration.handlers(None, _writer, Overrides())

    assert [each.route for each in handlers] == ['{"a":1}', "2"]
    assert all(each.is_event and not each.replaces for each in handlers)
    assert (
        Registration("a", _answer, replace=True)
        .handlers(None, _writer, Overrides())[0]
        .replaces
    )


def test_threads_are_for_those_that_ask_for_them() -> None:
    threads = DaemonThreads(1)

    assert Registration("a", _answer_later).handlers(threads, _writer, Overrides())
    assert (
        not Registration("a", _answer, thread=True)
        .handlers(threads, _writer, Overrides())[0]
        .at_once
    )
    with pytest.raises(HandlerError, match="is a coroutine function"):
        Registration("a", _answer_later, thread=True).handlers(
            threads, _writer, Overrides()
        )
