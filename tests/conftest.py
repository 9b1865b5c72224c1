"""What the tests have in common: one option, and no deadline for hypothesis.

A deadline is a time, and a time says more about the machine than about the code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import settings

if TYPE_CHECKING:
    import pytest

settings.register_profile("protocol-inspect", deadline=None)
settings.load_profile("protocol-inspect")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what the command says now to tests/golden, for git diff to show",
    )
