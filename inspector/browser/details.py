"""All that is shown of one exchange, or of one finding, as lines."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from inspector.calls.exchanges import payload_bytes
from inspector.views.call_line import call_words, reads_stdin
from inspector.views.closeup import Closeup
from inspector.views.report_view import group_lines
from inspector.views.show_view import command_lines, further_lines, said_lines
from inspector.views.text import Text
from inspector.views.theme import PROSE_WIDTH
from inspector.words import plural
from protocol import UNDEFINED, JsonText, dumps, loads

from .lines import MOST_LINES

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.views.show_setting import Setting

_WHOLE = 1 << 18  # bytes of payloads that are shown whole
READING = "reading the packets …"


def preview(exchange: Exchange, found: list[Finding], setting: Setting) -> list[Text]:
    """Return what is known of an exchange before its packets are.

    Args:
        exchange: The exchange.
        found: What was found about it.
        setting: How it is shown.
    """
    closeup = Closeup(exchange, found, [], 0, [])
    lines = said_lines(closeup, _whole(exchange, setting)._replace(cut=False))
    return list(islice(lines, MOST_LINES))


def details(closeup: Closeup, found: list[Finding], setting: Setting) -> list[Text]:
    """Return all that is known of an exchange.

    Args:
        closeup: The exchange and what is around it.
        found: What was found about it, also from many.
        setting: How it is shown.
    """
    exchange = closeup.exchange
    of_packets = [each for each in closeup.findings if each.exchange is None]
    shown = closeup._replace(findings=[*found, *of_packets])
    whole = _whole(exchange, setting)
    said = said_lines(shown, whole._replace(cut=False))
    lines = list(islice(said, MOST_LINES))
    if len(lines) == MOST_LINES:
        lines.append(Text(f"… only {plural(MOST_LINES, 'line')} are shown", "muted"))
    further = islice(further_lines(shown, whole), MOST_LINES)
    return [*lines, *further, *command_lines(shown, whole)]


def finding_details(group: FindingGroup, width: int) -> list[Text]:
    """Return what was found, why it is so, and what to do about it."""
    return list(group_lines(group, min(width, PROSE_WIDTH)))


def as_call(exchange: Exchange) -> str | None:
    """Return the ``protocol-call`` line of an exchange; None where there is none."""
    words = call_words(exchange)
    if words is None or reads_stdin(exchange):
        return None
    return " ".join(words)


def as_json(exchange: Exchange) -> str:
    """Return the pattern, the data and the replies of an exchange as JSON."""
    value = {
        "pattern": exchange.pattern,
        "data": _value(exchange.data),
        "replies": [
            {"err": _value(each.err), "response": _value(each.response)}
            for each in exchange.replies
        ],
    }
    return dumps(_present(value)).decode("utf-8", "replace")


def _value(payload: object) -> object:
    return loads(payload) if isinstance(payload, JsonText) else payload


def _present(value: object) -> object:
    if isinstance(value, dict):
        kept = {key: each for key, each in value.items() if each is not UNDEFINED}
        return {key: _present(each) for key, each in kept.items()}
    return [_present(each) for each in value] if isinstance(value, list) else value


def _whole(exchange: Exchange, setting: Setting) -> Setting:
    return setting._replace(full=payload_bytes(exchange) <= _WHOLE)
