from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest
import uvloop

from servers import Service, run
from servers.running import (
    RunByModuleError,
    importing,
    loop_factory,
    require_no_import,
)


def test_uvloop_is_used_where_it_is_installed() -> None:
    async def main() -> str:
        return type(asyncio.get_running_loop()).__module__

    assert run(main()).startswith("uvloop")
    assert loop_factory() is uvloop.new_event_loop


def test_without_uvloop_asyncio_does_it() -> None:
    program = (
        "import sys; sys.modules['uvloop'] = None\n"
        "import asyncio\nfrom servers import run\n"
        "async def main(): return type(asyncio.get_running_loop()).__module__\n"
        "print(run(main()))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    ).stdout

    assert printed.startswith("asyncio.")


def test_no_service_runs_while_its_module_is_imported() -> None:
    service = Service()
    with importing(), pytest.raises(RunByModuleError, match="under if __name__"):
        service.run("127.0.0.1", 0)
    require_no_import()
