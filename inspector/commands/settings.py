"""``protocol-inspect.toml``: what holds for all runs on some captures.

It is read beside the first capture, and in the configuration folder of the user; the
one beside the capture is right where they differ, and an option where it does. ::

    ports = [8888]
    carriers = ["tcp:8889"]
    redact = ["auto", "data.password"]
    slow = "200ms"

    [names]
    "10.0.0.7" = "gateway"
    ":8888" = "calc"

The table ``call`` is that of ``protocol-call``, which reads it itself.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec
from msgspec.structs import replace

from inspector.errors import InspectorError
from inspector.sources.files import STDIN
from inspector.streams.endpoints import HIGHEST_PORT
from inspector.streams.names import NO_NAMES, Names
from protocol.configuration import (
    FILE,
    LARGEST,
    OF_CALLS,
    ConfigurationError,
    folder_of,
    home,
    mistake,
    read_toml,
    unknown,
)

from .quantities import DURATION
from .run_options import brokers_of, carriers_of, redaction_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from inspector.streams.endpoints import Endpoint


class Settings(msgspec.Struct, frozen=True):
    """What files say.

    Attributes:
        ports: TCP ports whose connections are taken for Nest.
        carriers: Port → name of the carrier that its connections are read by.
        same_brokers: Broker → what it is known by together with others.
        redact: What is hidden of payloads …
        redact_channels: … and of channels.
        slow_ns: From when on a call is slow; None for the usual.
        names: What people call addresses and ports.
    """

    ports: frozenset[int] = frozenset()
    carriers: Mapping[int, str] = msgspec.field(default_factory=dict)
    same_brokers: Mapping[Endpoint, Endpoint] = msgspec.field(default_factory=dict)
    redact: tuple[str, ...] = ()
    redact_channels: tuple[str, ...] = ()
    slow_ns: int | None = None
    names: Names = NO_NAMES

    def __or__(self, others: Settings) -> Settings:
        """Return both; where they differ, the others are right."""
        slow_ns = self.slow_ns if others.slow_ns is None else others.slow_ns
        return Settings(
            self.ports | others.ports,
            {**self.carriers, **others.carriers},
            {**self.same_brokers, **others.same_brokers},
            (*self.redact, *others.redact),
            (*self.redact_channels, *others.redact_channels),
            slow_ns,
            self.names | others.names,
        )


def read_settings(captures: Sequence[str] = ()) -> Settings:
    """Return what the files say that hold for some captures.

    Raises:
        InspectorError: One of them cannot be read or has a mistake; the message has the
            file, the line and the key.
    """
    found = Settings()
    for file in _files(captures):
        try:
            with file.open("rb") as opened:
                text = opened.read(LARGEST).decode("utf-8", "replace")
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise InspectorError(str(file), f"cannot read: {why}") from None
        found |= settings_of(text, str(file))
    return found


no_config_option = click.option("--no-config", is_flag=True, help=f"Read no {FILE}.")


def take_settings(given: dict[str, Any], captures: Sequence[str] = ()) -> Settings:
    """Return what the files say, merged with the parameters of a command.

    Args:
        given: The parameters; ports, carriers and what is hidden become those of both.
        captures: What is read.

    Raises:
        InspectorError: A file has a mistake.
    """
    ignored = given.pop("no_config")
    settings = Settings() if ignored else read_settings(captures)
    given["ports"] |= settings.ports
    given["carriers"] = {**settings.carriers, **given["carriers"]}
    given["same_brokers"] = {**settings.same_brokers, **given["same_brokers"]}
    given["redaction"] = redaction_of(
        (*settings.redact, *given["redaction"]),
        (*settings.redact_channels, *given.pop("redact_channels")),
    )
    return settings


def _files(captures: Sequence[str]) -> list[Path]:
    """Return the files, the one that is right last."""
    folder = folder_of(os.environ, home())
    beside = [Path(each).parent for each in captures if each != STDIN][:1]
    return [Path(folder) / FILE, *(each / FILE for each in beside)]


def settings_of(text: str, file: str) -> Settings:
    """Return what the text of a file says.

    Raises:
        InspectorError: It has a mistake.
    """
    try:
        return _settings_of(text, file)
    except ConfigurationError as error:
        raise InspectorError(error.place, error.problem) from None


def _settings_of(text: str, file: str) -> Settings:
    found = Settings()
    for key, value in read_toml(text, file).items():
        if key == OF_CALLS:
            continue
        try:
            read = _KEYS[key]
        except KeyError:
            raise mistake(file, text, (key,), unknown(key, _KEYS)) from None
        found = replace(found, **read(_Setting(file, text, key), value))
    return found


class _Setting:
    """A key of a file, and its place."""

    def __init__(self, file: str, text: str, key: str) -> None:
        self._file, self._text, self._key = file, text, key

    def fail(self, problem: str, *path: str) -> ConfigurationError:
        """Return the error for its value, or one of the values in it."""
        return mistake(self._file, self._text, (self._key, *path), problem)

    def texts(self, value: Any) -> tuple[str, ...]:  # noqa: ANN401 — of TOML
        """Return a list of strings."""
        if not isinstance(value, list) or not all(type(x) is str for x in value):
            raise self.fail('is a list of strings, such as ["auto"]')
        return tuple(value)


def _ports(setting: _Setting, value: Any) -> dict[str, Any]:  # noqa: ANN401
    ports = value if isinstance(value, list) else [None]
    for port in ports:
        if type(port) is not int or not 0 < port <= HIGHEST_PORT:
            raise setting.fail("is a list of TCP ports, such as [8888]")
    return {"ports": frozenset(ports)}


def _carriers(setting: _Setting, value: Any) -> dict[str, Any]:  # noqa: ANN401
    try:
        return {"carriers": carriers_of(setting.texts(value))}
    except click.BadParameter as error:
        raise setting.fail(error.message) from None


def _same_brokers(setting: _Setting, value: Any) -> dict[str, Any]:  # noqa: ANN401
    try:
        return {"same_brokers": brokers_of(setting.texts(value))}
    except click.BadParameter as error:
        raise setting.fail(error.message) from None


def _redact(setting: _Setting, value: Any) -> dict[str, Any]:  # noqa: ANN401
    texts = setting.texts(value)
    try:
        redaction_of(texts)
    except InspectorError as error:
        raise setting.fail(str(error)) from None
    return {"redact": texts}


def _redact_channels(setting: _Setting, value: Any) -> dict[str, Any]:  # noqa: ANN401
    texts = setting.texts(value)
    try:
        redaction_of((), texts)
    except InspectorError as error:
        raise setting.fail(str(error)) from None
    return {"redact_channels": texts}


def _slow(setting: _Setting, value: Any) -> dict[str, Any]:  # noqa: ANN401
    try:
        return {"slow_ns": DURATION.convert(f"{value}", None, None)}
    except click.BadParameter as error:
        raise setting.fail(error.message) from None


def _names(setting: _Setting, value: Any) -> dict[str, Any]:  # noqa: ANN401
    if not isinstance(value, dict):
        raise setting.fail('is a table, such as {":8888" = "calc"}')
    for where, name in value.items():
        if type(name) is not str:
            raise setting.fail("a name is a string", where)
        try:
            Names({where: name})
        except ValueError as error:
            raise setting.fail(str(error), where) from None
    return {"names": Names(value)}


_KEYS: dict[str, Callable[[_Setting, Any], dict[str, Any]]] = {
    "ports": _ports,
    "carriers": _carriers,
    "same_brokers": _same_brokers,
    "redact": _redact,
    "redact_channels": _redact_channels,
    "slow": _slow,
    "names": _names,
}
"""Key → what reads its value into fields of the settings."""
