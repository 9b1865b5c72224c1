"""The catalogue of findings: each code with its words.

A rule says what happened in one case (``message``, for JSON lines), what happened in
several (``headline`` and ``cause``, for people), and what to do (``hint``). What each
means, and what triggers it, stands in ``docs/findings.md``.
"""

from __future__ import annotations

from inspector.findings.rules import calls, framing, network, payloads
from inspector.findings.rules.rule import Rule, Severity

__all__ = ["RULES", "Rule", "Severity"]

RULES: dict[str, Rule] = {
    **calls.RULES,
    **framing.RULES,
    **network.RULES,
    **payloads.RULES,
}
"""Code → rule, in the order in which equal severities are shown."""
