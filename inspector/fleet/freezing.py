"""The state of an inspection to bytes, so that it goes on elsewhere, or later.

A state is a pickle, which runs what it names when it is read. It may name our own
classes and functions, plain containers, and methods of these; since our own functions
write files, what protects is that :mod:`.checkpoints` reads only what the same user
has written.
"""

from __future__ import annotations

import io
import pickle
import sys
import threading
from collections import Counter, OrderedDict, defaultdict, deque
from enum import Enum
from types import BuiltinMethodType, MappingProxyType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from inspector.carriers.registry import Awaited, carriers, loaded
from inspector.streams.packets import InFlight
from inspector.tcp.copies import RecentSegments
from inspector.tls.keylog import KeyLog
from protocol import FrameDecoder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from inspector.carriers.base import Carrier

Result = TypeVar("Result")

_STACK = 512 << 20
"""Bytes of address space for objects that refer to each other in long rows."""
_DEPTH = 1_000_000
_DEEP = threading.Lock()
_COMPILED = ("_buffer", "_base", "_position", "_surplus", "_utf16", "_frame", "_direct")
"""What a decoder keeps outside its dictionary, where it is compiled."""
_OURS = ("inspector.", "protocol.")
_PLAIN = {
    ("array", "_array_reconstructor"),
    ("array", "array"),
    ("builtins", "set"),
    ("builtins", "frozenset"),
    ("builtins", "bytearray"),
    ("builtins", "object"),
    ("builtins", "slice"),
    ("collections", "Counter"),
    ("collections", "OrderedDict"),
    ("collections", "defaultdict"),
    ("collections", "deque"),
    ("copyreg", "_reconstructor"),
    ("copyreg", "__newobj__"),
    ("functools", "partial"),
    ("itertools", "count"),
    ("hpack.table", "HeaderTable"),
    ("msgspec", "Raw"),
    ("msgspec._core", "UNSET"),
    ("msgspec._utils", "rebuild"),
}
_CONTAINERS = {
    *(dict, list, set, bytearray),
    *(Counter, OrderedDict, defaultdict, deque),
}
"""Whose methods may be named."""


class FrozenError(Exception):
    """A state cannot be written, or what was written is none."""


# decision 183: The state between two files is a pickle of the pipeline
def freeze(state: object) -> bytes:
    """Return a state as bytes.

    Raises:
        FrozenError: Something in it cannot be written, such as a stream of compressed
            bytes that is not over.
    """

    def write() -> bytes:
        file = io.BytesIO()
        _Freezer(file).dump(state)
        return file.getvalue()

    return _deeply(write)


def thaw(data: bytes) -> Any:  # noqa: ANN401 — whatever was frozen
    """Return the state that bytes are of.

    Raises:
        FrozenError: They are of none.
    """
    return _deeply(lambda: _Thawer(io.BytesIO(data)).load())


def _deeply(work: Callable[[], Result]) -> Result:
    """Do what needs a deep stack, and return what it gives."""
    results: list[Result] = []
    errors: list[Exception] = []

    def run() -> None:
        try:
            results.append(work())
        except Exception as error:  # noqa: BLE001 — what bytes lead to is anything
            errors.append(error)

    with _DEEP:  # both are of the whole process
        stack, depth = threading.stack_size(_STACK), sys.getrecursionlimit()
        sys.setrecursionlimit(_DEPTH)
        try:
            thread = threading.Thread(target=run)
            thread.start()
            thread.join()
        finally:
            threading.stack_size(stack)
            sys.setrecursionlimit(depth)
    if errors:
        raise FrozenError(str(errors[0]) or type(errors[0]).__name__) from errors[0]
    return results[0]


class _Freezer(pickle.Pickler):
    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        known = [(name, each) for name, each in carriers().items()]
        self._carriers = {id(each): (name, False) for name, each in known}
        self._carriers |= {
            id(vars(each)["carrier"]): (name, True)
            for name, each in known
            if isinstance(each, Awaited) and "carrier" in vars(each)
        }

    def reducer_override(self, value: Any) -> Any:  # noqa: ANN401, PLR0911 — of pickle
        if value is getattr:  # by which any method of anything would be named
            raise FrozenError("it holds a method that cannot be kept")
        if isinstance(value, Enum):  # of which Python before 3.11.4 names getattr
            return type(value), (value.value,)
        if isinstance(value, MethodType | BuiltinMethodType):
            return _method_or_function(value)
        if isinstance(value, MappingProxyType):
            return _proxy, (dict(value),)
        if isinstance(value, InFlight | RecentSegments):
            return type(value), (), None, iter(value)  # whose items may lead back to it
        if isinstance(value, KeyLog):  # decision 196: whoever goes on has it
            return KeyLog, ()
        if id(value) in self._carriers:
            return _carrier, self._carriers[id(value)]
        if isinstance(value, FrameDecoder):
            kept = {name: getattr(value, name) for name in _COMPILED}
            return FrameDecoder, (), {**vars(value), **kept}, None, None, _restore
        return NotImplemented


def _method_or_function(value: MethodType | BuiltinMethodType) -> Any:  # noqa: ANN401
    """Return how a method is made again; of a function nothing, it is named."""
    owner = value.__self__
    if owner is None or isinstance(owner, ModuleType):
        return NotImplemented
    return _method, (owner, value.__name__)


class _Thawer(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 — of pickle
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        if module.startswith(_OURS):
            found = super().find_class(module, name)
            if str(getattr(found, "__module__", "")).startswith(_OURS):
                return found  # and not what one of our modules has imported
        raise pickle.UnpicklingError(f"it names {module}.{name}")


def _method(owner: object, name: str) -> Any:  # noqa: ANN401 — whatever it is called with
    """Return a method of one of our own objects or classes, or of a container."""
    kind = owner if isinstance(owner, type) else type(owner)
    ours = kind.__module__.startswith(_OURS)
    if name.startswith("__") or not (ours or kind in _CONTAINERS):
        raise pickle.UnpicklingError(f"it names {kind.__qualname__}.{name}")
    found = getattr(owner, name)
    if not isinstance(found, MethodType | BuiltinMethodType):
        raise pickle.UnpicklingError(f"{kind.__qualname__}.{name} is no method")
    return found


def _proxy(members: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(members)


def _carrier(name: str, itself: bool) -> Carrier:  # noqa: FBT001 — of pickle
    """Return a carrier that is registered, or what stands for it until it is needed."""
    return loaded(carriers()[name]) if itself else carriers()[name]


def _restore(value: object, members: Mapping[str, object]) -> None:
    for name, member in members.items():
        setattr(value, name, member)
