"""The exported types fit middleware of their own side, and none of the other.

Calls have the types of their ``returns``: ``typed_calls`` is checked as well.

What mypy must refuse is ignored here; as it is strict, an ignore without an error is
an error, so that both halves are checked wherever mypy runs. The test runs it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from servers import (
    Client,
    ClientMiddleware,
    ClientProceed,
    Context,
    Outgoing,
    ServerMiddleware,
    ServerProceed,
    Service,
)

if TYPE_CHECKING:
    from protocol import Json

ROOT = Path(__file__).parents[2]
CALLS = Path(__file__).with_name("typed_calls.py")


async def around_handlers(context: Context, proceed: ServerProceed) -> Json:
    assert context.route
    return await proceed()


async def around_calls(outgoing: Outgoing, proceed: ClientProceed) -> Json:
    return await proceed(outgoing.replace(metadata={"by": "middleware"}))


OF_A_SERVICE: ServerMiddleware = around_handlers
OF_A_CLIENT: ClientMiddleware = around_calls

NOT_OF_A_SERVICE: ServerMiddleware = around_calls  # type: ignore[assignment]
NOT_OF_A_CLIENT: ClientMiddleware = around_handlers  # type: ignore[assignment]


def use(service: Service, client: Client) -> tuple[ServerMiddleware, ClientMiddleware]:
    service.use(around_calls)  # type: ignore[arg-type]
    client.use(around_handlers)  # type: ignore[arg-type]
    return service.use(around_handlers), client.use(around_calls)


async def misused(server: ServerProceed, client: ClientProceed) -> None:
    await server(Outgoing("event", "a", 1))  # type: ignore[call-arg]
    await client()  # type: ignore[call-arg]


def test_mypy_accepts_what_fits_and_refuses_the_rest(tmp_path: Path) -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", tmp_path, __file__, CALLS],
        check=False,
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        timeout=600,
    )

    assert checked.returncode == 0, checked.stdout


def test_middleware_is_used_as_it_is_typed() -> None:
    assert use(Service(), Client()) == (around_handlers, around_calls)
