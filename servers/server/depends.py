"""What a parameter needs, besides the payload and the context.

::

    def orders(session: Annotated[Session, Depends(open_session)]) -> list[Order]: ...
"""

from __future__ import annotations

import typing
from dataclasses import dataclass, replace
from typing import Annotated, Any

from servers.errors import HandlerError

if typing.TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Depends:
    """Mark a parameter that receives what a function returns, or yields.

    Args:
        dependency: A plain function, a coroutine function, a generator function, plain
            or asynchronous, or a class; what comes after its ``yield`` cleans up. None
            is the annotated class itself.
        use_cache: Whether the other parameters of the call that depend on the same
            function receive the same object.
    """

    dependency: Callable[..., Any] | None = None
    use_cache: bool = True


def depends_in(annotation: Any) -> Depends | None:  # noqa: ANN401
    """Return the mark in an annotation; its ``dependency`` is a function or a class.

    Raises:
        HandlerError: The dependency cannot be called.
    """
    annotation = getattr(annotation, "__value__", annotation)  # of a ``type`` statement
    if typing.get_origin(annotation) is not Annotated:
        return None
    declared, *marks = typing.get_args(annotation)
    found = next((each for each in marks if isinstance(each, Depends)), None)
    if found is None:
        return None
    if found.dependency is None:
        found = replace(found, dependency=declared)
    if not callable(found.dependency):
        raise HandlerError(
            f"{found.dependency!r} cannot be a dependency, as it cannot be called"
        )
    return found
