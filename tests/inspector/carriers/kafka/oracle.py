"""Messages of Kafka in every version, made and written by ``kio``, which is not ours.

Each has values of its own in every field, so that none is read for another.
"""

from __future__ import annotations

import dataclasses
import importlib
import io
import pkgutil
import random
import types
import typing
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from kio.schema.errors import ErrorCode
from kio.schema.index import api_key_map
from kio.serial import entity_writer

if typing.TYPE_CHECKING:
    from collections.abc import Iterator

_WORDS = ("shop.price", "log", "sum.reply", "求", "")


class Maker:
    """Makes messages, the same every time.

    Args:
        seed: Of what is in them.
        errors: Whether fields for errors have some.
        words: What strings are made of.
    """

    def __init__(
        self, seed: int, *, errors: bool = False, words: tuple[str, ...] = _WORDS
    ) -> None:
        self._words = words
        self._random = random.Random(seed)  # noqa: S311 — the same every time
        self._errors = errors

    def make(self, kind: type) -> Any:  # noqa: ANN401 — whichever it is
        """Return a message, or a part of one."""
        hints = typing.get_type_hints(kind)
        return kind(
            **{
                field.name: self._value(hints[field.name], field)
                for field in dataclasses.fields(kind)
                if "tag" not in field.metadata
            }
        )

    def _value(self, hint: Any, field: dataclasses.Field[Any]) -> Any:  # noqa: ANN401
        options = typing.get_args(hint) if isinstance(hint, types.UnionType) else ()
        if options:
            if self._random.random() < 0.3:
                return None
            hint = next(each for each in options if each is not type(None))
        if typing.get_origin(hint) is tuple:
            inner = typing.get_args(hint)[0]
            count = self._random.randint(1, 3)
            return tuple(self._value(inner, field) for _ in range(count))
        if dataclasses.is_dataclass(hint):
            return self.make(typing.cast("type", hint))
        return self._primitive(field.metadata["kafka_type"])

    def _primitive(self, kind: str) -> Any:  # noqa: ANN401
        number = self._random.randint(0, 127)
        if kind.startswith(("int", "uint")):
            return number
        made = {
            "string": self._random.choice(self._words),
            "bytes": self._random.randbytes(number),
            "records": self._random.randbytes(number),
            "uuid": UUID(bytes=self._random.randbytes(16)),
            "bool": bool(number % 2),
            "float64": float(number),
            "error_code": ErrorCode(number % 90 if self._errors else 0),
            "timedelta_i32": timedelta(milliseconds=number),
            "timedelta_i64": timedelta(milliseconds=number),
            "datetime_i64": datetime.fromtimestamp(number, UTC),
        }
        return made[kind]


def versions_of(key: int, side: str) -> Iterator[Any]:
    """Yield what a message is in each of its versions; ``side`` is ``request`` …"""
    package = importlib.import_module(f"kio.schema.{api_key_map[key]}")
    names = [each.name for each in pkgutil.iter_modules(package.__path__)]
    for name in sorted(names, key=lambda each: int(each[1:]) if each[1:] else -1):
        module = importlib.import_module(f"{package.__name__}.{name}.{side}")
        camel = "".join(part.capitalize() for part in api_key_map[key].split("_"))
        yield getattr(module, f"{camel}{side.capitalize()}")


def written(message: Any) -> bytes:  # noqa: ANN401 — as Maker makes it
    """Return a message as it is on the wire, without a head."""
    buffer = io.BytesIO()
    entity_writer(type(message))(buffer, message)
    return buffer.getvalue()
