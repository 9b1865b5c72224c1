"""What a row of the report stands for, as the filter that lists its exchanges.

==============  ==================================================================
row             filter
==============  ==================================================================
a pattern       ``route == "sum"``; carrier, kind or the whole route besides, where
                other patterns of the report have the same name
a service       ``client ~ "^10.0.0.1:" and server == "10.0.0.2:3001"``; what a
                gateway sends to its clients besides; over a broker ``service``
a connection    ``connection == 7``
a finding       ``number in [3, 8]``
==============  ==================================================================
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from inspector.calls.costs import has_sessions
from inspector.carriers.registry import carriers
from inspector.shorthand import names, short
from protocol import dumps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.figures.services import Service
    from inspector.figures.traffic import Pattern
    from inspector.findings.groups import FindingGroup

_MOST_NUMBERS = 1_000  # exchanges of a finding that are listed


def pattern_filter(pattern: Pattern, known: Iterable[Pattern]) -> str:
    """Return the filter for the exchanges of a pattern.

    Args:
        pattern: Its carrier, route and kind.
        known: All patterns of the report, of which some may have the same name.
    """
    carrier, route, kind = pattern
    name = short(route)
    alike = [each for each in known if name in {each[1], *names(each[1])}]
    parts = [f"route == {_quoted(name)}"]
    if any(each != route for _, each, _ in alike):
        parts.append(f"route ~ {_quoted(f'^{re.escape(route)}$')}")
    if any(each != carrier for each, _, _ in alike):
        parts.append(f'carrier == "{carrier}"')
    if any(each != kind for _, _, each in alike):
        parts.append(f'kind == "{kind}"')
    return " and ".join(parts)


def service_filter(service: Service) -> str:
    """Return the filter for what a client asks of a server, and is sent by it."""
    pair, whom = service.pair, _quoted(service.pair.serves)
    carrier = carriers().get(pair.carrier)
    if carrier is not None and carrier.brokered:
        return f"{_is('client', pair.client)} and service == {whom}"
    asked = f"{_is('client', pair.client)} and server == {whom}"
    if not has_sessions(pair.carrier):
        return asked
    return f"{asked} or client == {whom} and {_is('server', pair.client)}"


def finding_filter(group: FindingGroup) -> str | None:
    """Return the filter for what findings are about; None if that is no exchange."""
    numbers = group.numbers[:_MOST_NUMBERS]
    return f"number in [{', '.join(map(str, numbers))}]" if numbers else None


def _is(word: str, end: str) -> str:
    """Return the condition that a word is an endpoint, or one of an address."""
    bare = end.count(":") > 1 and not end.startswith("[")  # of IPv6
    if bare or end.endswith("]") or ":" not in end:  # an address, of many ports
        # In an expression a backslash that escapes nothing stays.
        return f'{word} ~ "^{re.escape(f"[{end}]" if bare else end)}:"'
    return f"{word} == {_quoted(end)}"


def _quoted(text: str) -> str:
    return dumps(text).decode("utf-8", "replace")
