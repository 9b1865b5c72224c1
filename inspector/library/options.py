"""What a caller may ask of an inspection, checked before a capture is opened."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from inspector.calls.joining.brokers import same_brokers
from inspector.limits import Limits
from inspector.pipeline import Options
from inspector.streams.names import NO_NAMES, Names
from protocol import NestVersion

from .exchange import Exchange
from .reprs import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from inspector.calls.exchanges import Exchange as Observed
    from inspector.carriers.base import Carrier
    from inspector.streams.endpoints import Endpoint
    from inspector.tls.keylog import KeyLog

    # One union, not a union in another: only so mypy types a lambda that is given.
    Where: TypeAlias = str | Callable[[Exchange], object] | None

Keylog: TypeAlias = "str | os.PathLike[str] | Iterable[str | os.PathLike[str]]"
_PORTS = range(1, 1 << 16)


def checked_options(  # noqa: PLR0913, PLR0917 — what inspect() takes
    where: Where,
    ports: Iterable[int],
    nest: str,
    limits: Limits | None,
    carriers: Mapping[int, str],
    names: Mapping[str, str],
    brokers: Iterable[Iterable[str]],
    protos: Iterable[str] = (),
    keylog: Keylog = (),
) -> Options:
    """Return what a caller asks for.

    Raises:
        ExpressionError: ``where`` is a text that has no meaning.
        TypeError: An argument is of a type that it cannot have.
        ValueError: There is no such port, version of Nest, carrier or place, or a file
            does not describe messages.
        InspectorError: A key log cannot be read, or the extra ``tls`` is not installed.
    """
    if not isinstance(nest, str):
        raise TypeError(f'nest is a version such as "12", not {kind_of(nest)}')
    if limits is not None and not isinstance(limits, Limits):
        raise TypeError(f"limits are Limits(…), not {kind_of(limits)}")
    return Options(
        where=_chosen(where),
        ports=_checked(ports),
        nest=NestVersion.of(nest),
        limits=limits,
        carriers=_known(carriers),
        names=_named(names),
        same_brokers=_brokers(brokers),
        described=_described(protos),
        keylog=_keylog(keylog),
    )


def _keylog(names: Keylog) -> KeyLog | None:
    several = [names] if isinstance(names, str | os.PathLike) else list(names)
    if not several:
        return None
    from inspector.tls.opening import open_keylog  # noqa: PLC0415 — an extra

    return open_keylog([os.fsdecode(each) for each in several], asked="keylog")


def _chosen(where: Where) -> Callable[[Observed], bool] | None:
    if where is None:
        return None
    if isinstance(where, str):
        # lark takes its time to load, which who filters nothing need not wait for.
        from inspector.filters.selection import compile_selection  # noqa: PLC0415

        return compile_selection(where, "where")
    if not callable(where):
        raise TypeError(f"where is an expression or a function, not {kind_of(where)}")
    return lambda observed: bool(where(Exchange(observed)))


def _checked(ports: Iterable[int]) -> frozenset[int]:
    if isinstance(ports, int | str):
        raise TypeError(f"ports are several, such as [{ports}], not {kind_of(ports)}")
    wanted = frozenset(ports)
    for port in wanted:
        if not isinstance(port, int) or port not in _PORTS:
            raise ValueError(f"a port is a number from 1 to 65535, not {port!r}")
    return wanted


def _named(names: Mapping[str, str]) -> Names:
    if not names:
        return NO_NAMES
    if not isinstance(names, Mapping):
        raise TypeError(
            f'names are a mapping such as {{":8888": "calc"}}, not {kind_of(names)}'
        )
    return Names(names)


def _brokers(groups: Iterable[Iterable[str]]) -> Mapping[Endpoint, Endpoint]:
    groups = groups if isinstance(groups, str) else list(groups)
    if isinstance(groups, str) or any(isinstance(group, str) for group in groups):
        raise TypeError(
            'same_brokers are groups such as [("10.0.0.1:4222", "10.0.0.2:4222")]'
        )
    return same_brokers(groups)


def _described(protos: Iterable[str]) -> Mapping[str, Carrier]:
    if isinstance(protos, str):
        raise TypeError(f"protos are several files, such as [{protos!r}]")
    files = [str(each) for each in protos]
    if not files:
        return {}
    from inspector.carriers.registry import described  # noqa: PLC0415 — as below

    return described(files)


def _known(carriers: Mapping[int, str]) -> Mapping[int, str]:
    if not carriers:
        return {}
    if not isinstance(carriers, Mapping):
        raise TypeError(
            f'carriers are a mapping such as {{8888: "tcp"}}, not {kind_of(carriers)}'
        )
    # Looking for what is installed takes its time.
    from inspector.carriers.registry import carriers as registered  # noqa: PLC0415

    _checked(carriers)
    names = registered()
    for name in carriers.values():
        if name not in names:
            raise ValueError(f"no carrier {name!r}; there are {', '.join(names)}")
    return dict(carriers)
