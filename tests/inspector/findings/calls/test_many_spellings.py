from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.scenes import Trace, begun, group_in, sentences

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire


def _spelled(*patterns: object) -> Wire:
    wire, call = begun()
    for number, pattern in enumerate(patterns):
        call.ask(pattern, str(number)).answer(str(number), 1)
    return wire


TRACE = Trace(
    lambda: _spelled({"cmd": "sum"}, '{"cmd":"sum"}'),
    lambda: _spelled({"cmd": "sum"}, "sum"),
)


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "many-spellings"))

    assert said.headline == "1 pattern written in several ways"
    for word in ['{"cmd":"sum"}']:
        assert word in said.text
