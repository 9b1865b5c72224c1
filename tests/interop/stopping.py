"""A service of ours that tells, once it is stopped, which calls it has finished.

    python -m tests.interop.stopping SIZE      bytes of each reply

``listening on HOST:PORT`` goes to stderr, and ``busy`` after some calls; the numbers of
the calls that have finished go to stdout.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys

from servers import Service
from servers.running import run

_BUSY = 40


def main(size: int) -> None:
    """Serve until a signal comes."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    service, finished = Service(), []

    @service.message("work")
    async def work(number: int) -> str:
        await asyncio.sleep(number % 7 / 200)
        finished.append(number)
        if len(finished) == _BUSY:
            logging.getLogger(__name__).info("busy")
        return "x" * size

    run(service.serve("127.0.0.1", 0, grace=60))
    sys.stdout.write(json.dumps(finished))


if __name__ == "__main__":
    main(int(sys.argv[1]))
