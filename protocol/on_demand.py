"""Functions and classes whose modules are loaded when they are first called.

Modules are imported at the top of those that need them. What only some runs need, as
what joins exchanges over brokers, is named there instead, and its module is loaded when
the first connection to a broker calls for it::

    if TYPE_CHECKING:
        from .joining.joining import Joining
    else:
        Joining = on_demand("inspector.calls.joining.joining:Joining")

So whoever reads the top of a module, or checks types or layers, sees the dependency as
ever.
"""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import Any


class on_demand:  # noqa: N801 — it stands where an import would
    """What is called like a function or a class, and loads that by the first call.

    Args:
        place: The module in full, and the name in it: ``package.module:name``.
    """

    def __init__(self, place: str) -> None:
        self._place = place

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 — its own
        """Return what a call of the function or class returns."""
        return self.loaded(*args, **kwargs)

    @cached_property
    def loaded(self) -> Any:  # noqa: ANN401 — a function or a class of any kind
        """The function or class itself.

        Raises:
            ImportError: There is no such module, or it cannot be loaded.
            AttributeError: It has no such name.
        """
        module, _, name = self._place.partition(":")
        return getattr(import_module(module), name)
