"""The Nest twins, compiled once for all workers, and the services that stay up."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from captures.processes import COMPILER, NEST, compile_applications, find_node
from tests.servers.demos.twins import Programs

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def programs() -> Iterator[Programs]:
    compile_applications(find_node(), {COMPILER})
    with ExitStack() as stack:
        yield Programs(NEST / COMPILER / "build", stack)
