"""What is awaited must be a coroutine function, and is refused early if it is not."""

from __future__ import annotations

import inspect

from .errors import UsageError


def require_coroutine_function(function: object) -> None:
    """Refuse a middleware that cannot be awaited when it is used, not at every call.

    Raises:
        UsageError: This is neither a coroutine function nor an object with such a
            ``__call__``.
    """
    call = getattr(type(function), "__call__", None)  # noqa: B004 — the method
    if not (inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call)):
        raise UsageError(
            f"{function!r} cannot be a middleware: it must be a coroutine function, "
            "async def"
        )
