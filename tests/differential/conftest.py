"""The three versions of Nest, started once for all tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.differential.oracle import Nests

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="package")
def nests() -> Iterator[Nests]:
    with Nests.start() as started:
        yield started
