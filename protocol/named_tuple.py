"""``typing.NamedTuple``, with a third of the work to define a class.

That one compiles each annotation, and with ``collections.namedtuple`` a constructor
and methods for every class. Here annotations stay text, the methods are those of one
base, and a constructor is compiled when the first tuple of a class is made: of sixty
classes a run uses half. To a type checker it is the same, and so are the classes,
except that ``__new__`` has no annotations.
"""

from __future__ import annotations

from collections import _tuplegetter  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Self

# decision 159: What modules define at their top is cheap to define
if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 — for all others
else:

    class _Record(tuple):
        """What all named tuples have in common."""

        __slots__ = ()
        _fields = ()

        @classmethod
        def _make(cls, values: Iterable[Any]) -> Self:
            """Return a tuple of as many values as there are fields."""
            made = tuple.__new__(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"{len(made)} values for {len(cls._fields)} fields")
            return made

        def _replace(self, /, **values: Any) -> Self:  # noqa: ANN401
            """Return a tuple with other values of some fields."""
            made = self._make(map(values.pop, self._fields, self))
            if values:
                raise ValueError(f"no such fields: {list(values)}")
            return made

        def _asdict(self) -> dict[str, Any]:
            """Return field → value."""
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self) -> str:
            shown = (f"{name}={value!r}" for name, value in self._asdict().items())
            return f"{type(self).__name__}({', '.join(shown)})"

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)

    class _Fields(type):
        """Makes a named tuple of a class that states its fields."""

        def __new__(
            cls, name: str, bases: tuple[type, ...], body: dict[str, Any]
        ) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = (*body.setdefault("__annotations__", {}),)
            usual = [field for field in fields if field in body]
            if usual != [*fields][len(fields) - len(usual) :]:
                raise TypeError(f"a field of {name} without a default follows one")
            defaults = {field: body[field] for field in usual}
            body |= {name: _tuplegetter(i, None) for i, name in enumerate(fields)}
            body |= {"_fields": fields, "_field_defaults": defaults}
            body |= {"__match_args__": fields, "__slots__": ()}
            made = type(name, (_Record,), body)
            made.__new__ = _constructor_of(made)
            return made

    def _constructor_of(made: type[_Record]) -> Callable[..., _Record]:
        """Return what compiles the constructor of a class, and then is no more.

        It is that of ``collections.namedtuple``: nothing else is as quick.
        """

        def construct(cls: type, /, *args: Any, **kwargs: Any) -> _Record:  # noqa: ANN401
            fields = ", ".join(made._fields)
            text = f"lambda _cls, {fields}: new(_cls, ({fields}, ))"
            made.__new__ = new = eval(text, {"new": tuple.__new__})  # noqa: S307
            new.__name__, new.__qualname__ = "__new__", f"{made.__qualname__}.__new__"
            new.__defaults__ = (*made._field_defaults.values(),)
            return new(cls, *args, **kwargs)

        return construct

    class NamedTuple(metaclass=_Fields):
        """What a class names as its base to be a named tuple."""
