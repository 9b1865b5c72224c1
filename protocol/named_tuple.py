"""``typing.NamedTuple``, with less than half the work to define a class.

That one compiles each annotation, which nobody needs where annotations stay text; of a
hundred classes that makes a twentieth of the start of a program. To a type checker it
is the same, and so are the classes, except that ``__new__`` has no annotations.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any

# decision 159: What modules define at their top is cheap to define
if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 — for all others
else:

    class _Fields(type):
        """Makes a named tuple of a class that states its fields."""

        def __new__(
            cls, name: str, bases: tuple[type, ...], body: dict[str, Any]
        ) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = body.pop("__annotations__", {})
            usual = [field for field in fields if field in body]
            if usual != [*fields][len(fields) - len(usual) :]:
                raise TypeError(f"a field of {name} without a default follows one")
            defaults = [body.pop(field) for field in usual]
            module = body.pop("__module__")
            made = namedtuple(  # noqa: PYI024 — what typing makes, too
                name, fields, defaults=defaults, module=module
            )
            made.__annotations__ = fields
            for part, value in body.items():
                setattr(made, part, value)
            return made

    class NamedTuple(metaclass=_Fields):
        """What a class names as its base to be a named tuple."""
