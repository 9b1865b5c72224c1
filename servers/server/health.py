"""How a server fares: what it is doing, and whether what it needs is there.

Checks are functions of the service's own: "ok" is whatever they return but False. One
that takes an argument is given the state that the lifespan yielded. They run when
somebody asks, each once at a time however many ask, and never for longer than their
timeout. What they raise is logged and not told, for it may have secrets.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

import msgspec

from protocol import UNDEFINED
from servers.errors import DuplicateHandlerError
from servers.logs import logger_of

from .context import Context  # noqa: TC001 — handlers' annotations are evaluated
from .parameters import is_optional, require_arguments
from .threads import DaemonThreads, call_in

if TYPE_CHECKING:
    from protocol import Json

    from .states import State

logger = logger_of("server")

Outcome: TypeAlias = Literal["ok", "failed", "timed out"]
_Function: TypeAlias = Callable[..., Any] | Callable[..., Awaitable[Any]]
F = TypeVar("F", bound=_Function)

_STATES = 8  # that are known: a service has as many servers, hardly ever more than one


class Report(msgspec.Struct, frozen=True):
    """The state of a server, with what its checks gave.

    Attributes:
        status: That of the state, but ``failing`` if it is ready and a check is not ok.
        connections: Open connections.
        in_flight: Messages and events being handled, that which asks included.
        uptime: Seconds since it started.
        checks: The outcome of each check.
    """

    status: Literal["starting", "ready", "failing", "stopping"]
    connections: int
    in_flight: int
    uptime: float
    checks: dict[str, Outcome]


class Health:
    """The checks of a service, and the pattern by which callers ask for its report.

    Args:
        pattern: A pattern that is answered with the report; None for none.
        timeout: Seconds that a check may take.
    """

    def __init__(self, pattern: Json = None, *, timeout: float = 1.0) -> None:
        self.pattern = pattern
        self._timeout = timeout
        self._checks: dict[str, _Check] = {}
        # Each server of the service has a state of its own: its checks are others.
        self._own: list[tuple[object, dict[str, _Check]]] = []

    def check(self, function: F) -> F:
        """Register a check under the name of its function; usable as a decorator.

        That of a ``functools.partial`` is that of its function, that of an object
        with a ``__call__`` that of its class.

        Args:
            function: A coroutine function, or a plain one, which runs in a thread. It
                requires no argument, or one: what the lifespan of the service yielded.

        Raises:
            DuplicateHandlerError: There is another check of that name.
            HandlerError: It takes more than one argument.
        """
        name = _name_of(function)
        if name in self._checks:
            raise DuplicateHandlerError(f"there is a check {name!r} already")
        self._checks[name] = _Check(name, function, self._timeout)
        return function

    async def report(self, state: State, yielded: Any = UNDEFINED) -> Report:  # noqa: ANN401
        """Run the checks, side by side, and return what they gave.

        Args:
            state: What the server is doing.
            yielded: What its lifespan yielded, None without one; UNDEFINED before it
                has, when checks that take it do not run.
        """
        checks = self._checks_of(yielded)
        outcomes = await asyncio.gather(*(each(yielded) for each in checks.values()))
        failing = state.status == "ready" and set(outcomes) - {"ok"}
        return Report(
            status="failing" if failing else state.status,
            connections=state.connections,
            in_flight=state.in_flight,
            uptime=round(state.uptime, 3),
            checks=dict(zip(checks, outcomes, strict=True)),
        )

    def _checks_of(self, state: object) -> dict[str, _Check]:
        if state is UNDEFINED:
            return {
                name: each
                for name, each in self._checks.items()
                if not each.takes_state
            }
        own = next((checks for known, checks in self._own if known is state), None)
        if own is None:
            own = {}
            self._own = [*self._own[1 - _STATES :], (state, own)]
        return {
            name: own.get(name) or own.setdefault(name, each.of_its_own())
            if each.takes_state
            else each
            for name, each in self._checks.items()
        }

    async def answer(self, context: Context) -> Report:
        """Answer the pattern."""
        return await self.report(context.server.health, context.server.state)


def _name_of(function: _Function) -> str:
    while isinstance(function, partial):
        function = function.func
    name: str = getattr(function, "__name__", type(function).__name__)
    return name


def _takes_state(function: _Function) -> bool:
    """Whether a check takes an argument.

    Raises:
        HandlerError: It takes more than one.
    """
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # some of those that are written in C
        return False
    if all(is_optional(each) for each in parameters):
        return False
    require_arguments(function, 1, "a check", "the state that the lifespan yielded")
    return True


class _Check:
    """One check, and how it went last.

    Attributes:
        takes_state: Whether it takes what the lifespan yielded.
    """

    def __init__(self, name: str, function: _Function, timeout: float) -> None:
        self._name = name
        self._function = function
        self._timeout = timeout
        self.takes_state = _takes_state(function)
        self._asynchronous = inspect.iscoroutinefunction(function)
        self._threads = DaemonThreads(1)  # a run that hangs is not followed by others
        self._run: asyncio.Task[Outcome] | None = None
        self._last: Outcome = "ok"

    def of_its_own(self) -> _Check:
        """Return the same check, which knows nothing of the runs of this one."""
        return _Check(self._name, self._function, self._timeout)

    async def __call__(self, state: object) -> Outcome:
        """Run it, or wait for the run that somebody else has asked for."""
        run, loop = self._run, asyncio.get_running_loop()
        given = (state,) if self.takes_state else ()
        if run is None or run.done() or run.get_loop() is not loop:
            run = self._run = loop.create_task(self._outcome(given))
        return await asyncio.shield(run)

    async def _outcome(self, given: tuple[object, ...]) -> Outcome:
        error: BaseException | None = None
        outcome: Outcome = "failed"
        try:
            async with asyncio.timeout(self._timeout):
                outcome = "failed" if await self._result(given) is False else "ok"
        except TimeoutError as timeout:
            outcome, error = "timed out", timeout
        except asyncio.CancelledError as cancelled:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            error = cancelled  # of what the check has waited for
        except Exception as raised:  # noqa: BLE001 — whatever a check raises
            error = raised
        self._note(outcome, error)
        return outcome

    async def _result(self, given: tuple[object, ...]) -> object:
        if self._asynchronous:
            return await self._function(*given)
        result = await call_in(self._threads, partial(self._function, *given))
        # A coroutine function that is decorated looks like a plain one.
        return await result if isinstance(result, Awaitable) else result

    def _note(self, outcome: Outcome, error: BaseException | None) -> None:
        """Log a change, not what stays as it is."""
        if outcome == self._last:
            return
        self._last = outcome
        if outcome == "ok":
            logger.info("check %s: ok again", self._name)
        else:
            logger.warning("check %s: %s", self._name, outcome, exc_info=error)
