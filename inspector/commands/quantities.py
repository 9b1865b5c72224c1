"""Numbers, durations and sizes as a person types them: ``30``, ``500ms``, ``100MB``."""

from __future__ import annotations

import click

from inspector.filters.literals import UNITS
from protocol.lazy_regex import lazy_regex

_TYPED = lazy_regex(r"(\d+(?:\.\d+)?) ?([^\W\d]+)")
_SIZES = ("B", "kB", "MB", "GB")


class Quantity(click.ParamType):  # type: ignore[type-arg]  # generic only in types
    """A number with its unit, as the smallest unit counts it.

    Args:
        name: What it is.
        units: Those that it may have.
    """

    def __init__(self, name: str, units: tuple[str, ...]) -> None:
        self.name = name
        self._units = units

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> int:
        """Return nanoseconds or bytes; fail if they are malformed or not above 0."""
        if isinstance(value, int):
            return value
        matched = _TYPED.fullmatch(str(value))
        if matched is None or matched[2] not in self._units:
            wanted = f"give a number and a unit, one of {', '.join(self._units)}"
            self.fail(f"{value!r} is not a {self.name}: {wanted}", param, ctx)
        quantity = round(float(matched[1]) * UNITS[matched[2]])
        if quantity <= 0:
            self.fail(f"{value!r} is not above 0", param, ctx)
        return quantity


class Number(click.IntRange):
    """A whole number from 1 on; messages call it one."""

    name = "number"

    def __init__(self) -> None:
        super().__init__(min=1)


NUMBER = Number()
DURATION = Quantity("duration", tuple(unit for unit in UNITS if unit[-1] in "smnh"))
"""In nanoseconds."""
SIZE = Quantity("size", _SIZES)
"""In bytes."""
