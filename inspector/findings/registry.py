"""Register kinds of findings: a decorator, and what it has collected.

A carrier that brings findings of its own decorates them in the same way, with its name
as ``carrier``; they are asked on its connections alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .finding import Severity

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import UnionType

    from .rule import Evidence, Rule

LAST = 1_000_000
"""The rank of findings that state no other."""
_registered: dict[str, Rule[Any]] = {}


class FindingsWarning(UserWarning):
    """Third-party findings cannot be used, or have failed; it says which."""


def finding(  # noqa: PLR0913 — what is said of a finding before its words
    code: str,
    severity: Severity,
    *,
    about: type[Evidence],
    needs: int | None = None,
    rank: int = LAST,
    carrier: str | None = None,
) -> Callable[[type[Rule[Evidence]]], type[Rule[Evidence]]]:
    """Return a decorator that registers a class as a kind of finding.

    Args:
        code: Its name; stable.
        severity: How much it matters, unless a finding says otherwise.
        about: The type of what it is judged from; see :mod:`.evidence`.
        needs: The signs of which an exchange must show one for this finding to be
            asked, from :mod:`.signs`; with 0 it is asked for every exchange. None for
            what the class says, which is 0 except for payloads.
        rank: Its rank among findings of equal severity; equal ones are ordered by code.
        carrier: The name of the carrier whose connections it is for; None for all.

    Raises:
        ValueError: The code is that of another finding.
        TypeError: The class lacks a part that every finding has, or what is said of it
            is of a type that it cannot have.
    """
    _check_type("code", code, str)
    _check_type("severity", severity, Severity)
    _check_type("about", about, type)
    _check_type("rank", rank, int)
    _check_type("needs", needs, int | None)
    _check_type("carrier", carrier, str | None)

    def register(kind: type[Rule[Evidence]]) -> type[Rule[Evidence]]:
        if code in _registered:
            raise ValueError(f"two findings have the code {code}")
        rule = kind()
        rule.code, rule.severity, rule.about = code, severity, about
        rule.needs = kind.needs if needs is None else needs
        rule.rank, rule.carrier = rank, carrier
        _registered[code] = rule
        return kind

    return register


def _check_type(name: str, value: object, kind: type | UnionType) -> None:
    if not isinstance(value, kind):
        raise TypeError(f"{name} of a finding is {value!r}")


def replace(rule: Rule[Any]) -> None:
    """Let a kind of finding stand for the registered one with its code."""
    _registered[rule.code] = rule


def named(code: str) -> Rule[Any] | None:
    """Return the registered finding with a code, if there is one by now."""
    return _registered.get(code)


def registered(about: type | None = None) -> dict[str, Rule[Any]]:
    """Return code → finding, by rank, for all that are registered by now.

    Args:
        about: The type of what they are judged from; None for any.
    """
    rules = [rule for rule in _registered.values() if about in (None, rule.about)]
    return {rule.code: rule for rule in sorted(rules, key=lambda rule: rule.order)}
