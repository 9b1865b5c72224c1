"""What a rule of the catalogue is: a kind of finding, with its words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.findings.finding import Finding
    from inspector.findings.groups import Fold


class Severity(StrEnum):
    """How much a finding matters, the worst first."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of finding.

    Attributes:
        severity: How much it matters, unless a finding says otherwise.
        message: What happened in one case, as a sentence.
        headline: What happened in all cases, in a few words.
        cause: Why, and where.
        hint: What to do about it.
    """

    severity: Severity
    message: Callable[[Finding], str]
    headline: Callable[[Fold], str]
    cause: Callable[[Fold], str]
    hint: Callable[[Finding], str]


def service(finding: Finding) -> str:
    """Return the service that a finding is about, as ``:3000``."""
    return f":{finding.connection.server_endpoint.port}"


def quoted(route: str | None) -> str:
    """Return a route as it stands in a decorator: an object as it is, else quoted."""
    return route if route and route.startswith("{") else f"'{route}'"
