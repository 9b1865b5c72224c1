"""The Nest twins, compiled once, and the services that stay up."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.servers.demos.twins import Programs, compile_twins

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    build = tmp_path_factory.mktemp("build")
    compile_twins(build)
    with ExitStack() as stack:
        yield Programs(build, stack)
