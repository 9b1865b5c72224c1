"""What is sent, as messages of Protocol Buffers.

Source: opentelemetry-proto 1.x, ``opentelemetry/proto``: common, resource, metrics and
trace, which the package of that name has as Python.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from opentelemetry.proto.common.v1.common_pb2 import (
    AnyValue,
    InstrumentationScope,
    KeyValue,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .conventions import Value

PROGRAM = "protocol-inspect"
SCHEMA = "https://opentelemetry.io/schemas/1.40.0"
"""Of which version the names of attributes are."""


def key_values(attributes: Mapping[str, Value]) -> list[KeyValue]:
    """Return attributes as they are sent; values are strings, numbers or booleans."""
    return [KeyValue(key=key, value=_value(each)) for key, each in attributes.items()]


def resource(attributes: Mapping[str, Value]) -> Resource:
    """Return what something is said of, such as a service."""
    return Resource(attributes=key_values(attributes))


def scope() -> InstrumentationScope:
    """Return who says it: this program, and its version."""
    try:
        own = version(PROGRAM)
    except PackageNotFoundError:  # a checkout that is not installed
        own = ""
    return InstrumentationScope(name=PROGRAM, version=own)


def _value(value: Value) -> AnyValue:
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    if isinstance(value, float):
        return AnyValue(double_value=value)
    return AnyValue(string_value=value)
