"""The traces of all findings, each from the tests of its finding."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from inspector.findings.catalogue import rules

if TYPE_CHECKING:
    from inspector.findings.rule import Rule
    from tests.inspector.scenes import Trace


def module_of_tests(rule: Rule[Any]) -> str:
    """Return the name of the module with the tests of a finding."""
    room, _, name = type(rule).__module__.rpartition(".")
    return f"tests.{room}.test_{name}"


def _traces() -> dict[str, Trace]:
    """Return code → traces, for those that have any."""
    modules = {code: module_of_tests(rule) for code, rule in rules().items()}
    return {
        code: trace
        for code, name in modules.items()
        if find_spec(name) is not None
        and (trace := getattr(import_module(name), "TRACE", None)) is not None
    }


TRACES = _traces()
"""Code → traces, for all findings whose tests have them; a test misses the others."""
