"""Checks are functions whose docstring is the claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.conformance.serving.registry import Checks

if TYPE_CHECKING:
    from inspector.conformance.serving.target import Target


def test_a_function_becomes_a_check() -> None:
    checks = Checks()

    @checks.add("name", "the-unit", "does so", advice=True)
    def run(_: Target) -> None:
        """Does something."""

    (found,) = checks
    assert found.run is run
    assert found.check == ("name", "Does something", "the-unit", "does so", True)
