"""A service in several processes, which share its sockets."""

from __future__ import annotations

import asyncio
import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

from servers.errors import UsageError
from servers.logs import logger_of
from servers.sockets import address_name

from .binding import Bound, bind
from .places import Place
from .supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from .plans import Plan
    from .worker import Worker

logger = logger_of("server")

_MARGIN = 15.0  # seconds after drain and grace: cancelled calls, and peers that read on


def run_several(
    serve: Callable[[Plan, Worker], None],
    plan: Plan,
    count: int,
    told: Container[int] = (),
    others: Sequence[str] = (),
) -> None:
    """Serve in so many processes until SIGINT or SIGTERM.

    Args:
        serve: Serves a plan as a worker, in a process of its own.
        plan: Where to listen and how to end.
        count: How many processes.
        told: Exit codes of workers that have said themselves why they ended.
        others: Where they listen besides, each by itself: the brokers.

    Raises:
        ListenError: The address is in use, does not resolve, or is not ours.
        UsageError: This system cannot fork, an event loop runs, or this is not the
            main thread.
        SystemExit: The first process could not start, one failed while it ended, or
            two signals came.
    """
    _require_that_it_can_fork()
    with ExitStack() as stack:
        served, probes = (
            None if each is None else Shared(stack, each)
            for each in (plan.place, plan.probes)
        )

        def work(worker: Worker) -> None:
            place, asked = (
                None if each is None else each.of_worker() for each in (served, probes)
            )
            serve(plan._replace(place=place, probes=asked), worker)

        def started() -> None:
            for name in probes.names if probes is not None else ():
                logger.info("probes at http://%s/readyz", name)
            for name in (*(served.names if served is not None else ()), *others):
                logger.info("listening on %s with %d workers", name, count)

        def stopping() -> None:
            for each in (served, probes):
                if each is not None:
                    each.release()

        patience = plan.drain + plan.grace + _MARGIN
        code = Supervisor(
            work,
            count,
            patience=patience,
            started=started,
            stopping=stopping,
            told=told,
        ).run()
    if code:
        raise SystemExit(code)
    logger.info("stopped")


class Shared:
    """A place whose sockets several processes have.

    Attributes:
        names: The addresses of the sockets.
    """

    def __init__(self, stack: ExitStack, place: Place) -> None:
        self._bound: Bound = bind(place)
        stack.callback(self._bound.close)
        self._reuse_port = place.reuse_port
        self.names = [address_name(each.getsockname()) for each in self._bound.sockets]

    def of_worker(self) -> Place:
        """Return the place in a worker: the same sockets, or its own at their ports."""
        sockets = self._bound.sockets
        return Place(sockets=self._bound.twins() if self._reuse_port else sockets)

    def release(self) -> None:
        """Leave the sockets to the workers: nobody waits for one that has ended."""
        self._bound.release()


def _require_that_it_can_fork() -> None:
    if not hasattr(os, "fork"):
        raise UsageError("this system cannot fork, so there is one worker")
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise UsageError("workers are run where no event loop runs; serve() takes one")
