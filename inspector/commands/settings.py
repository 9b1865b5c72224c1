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
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inspector.errors import InspectorError
from inspector.sources.files import STDIN
from inspector.streams.endpoints import HIGHEST_PORT
from inspector.streams.names import NO_NAMES, Names

from .quantities import DURATION
from .run_options import carriers_of, redaction_of

if TYPE_CHECKING:
    import tomllib
    from collections.abc import Callable, Iterable, Mapping, Sequence

FILE = "protocol-inspect.toml"
_LARGEST = 1 << 20  # bytes
_BEFORE_KEYS = " \t{,.["  # what may stand before a key on its line
_FOLDER = "XDG_CONFIG_HOME"
"""Source: XDG Base Directory Specification; without it ``~/.config``."""


@dataclass(frozen=True)
class Settings:
    """What files say.

    Attributes:
        ports: TCP ports whose connections are taken for Nest.
        carriers: Port → name of the carrier that its connections are read by.
        redact: What is hidden.
        slow_ns: From when on a call is slow; None for the usual.
        names: What people call addresses and ports.
    """

    ports: frozenset[int] = frozenset()
    carriers: Mapping[int, str] = field(default_factory=dict)
    redact: tuple[str, ...] = ()
    slow_ns: int | None = None
    names: Names = NO_NAMES

    def __or__(self, others: Settings) -> Settings:
        """Return both; where they differ, the others are right."""
        slow_ns = self.slow_ns if others.slow_ns is None else others.slow_ns
        return Settings(
            self.ports | others.ports,
            {**self.carriers, **others.carriers},
            (*self.redact, *others.redact),
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
                text = opened.read(_LARGEST).decode("utf-8", "replace")
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
    given["redaction"] = redaction_of((*settings.redact, *given["redaction"]))
    return settings


def _files(captures: Sequence[str]) -> list[Path]:
    """Return the files, the one that is right last."""
    folder = os.environ.get(_FOLDER) or Path("~/.config").expanduser()
    beside = [Path(each).parent for each in captures if each != STDIN][:1]
    return [Path(folder) / FILE, *(each / FILE for each in beside)]


def settings_of(text: str, file: str) -> Settings:
    """Return what the text of a file says.

    Raises:
        InspectorError: It has a mistake.
    """
    import tomllib  # noqa: PLC0415 — most runs have no file

    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InspectorError(*_misspelt(file, error)) from None
    found = Settings()
    for key, value in table.items():
        try:
            read = _KEYS[key]
        except KeyError:
            meant = get_close_matches(key, _KEYS, n=1)
            hint = f", did you mean {meant[0]}?" if meant else ""
            problem = f"no such setting{hint or f'; there are {_listed()}'}"
            raise _mistake(file, text, (key,), problem) from None
        found = replace(found, **read(_Setting(file, text, key), value))
    return found


class _Setting:
    """A key of a file, and its place."""

    def __init__(self, file: str, text: str, key: str) -> None:
        self._file, self._text, self._key = file, text, key

    def fail(self, problem: str, *path: str) -> InspectorError:
        """Return the error for its value, or one of the values in it."""
        return _mistake(self._file, self._text, (self._key, *path), problem)

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


def _redact(setting: _Setting, value: Any) -> dict[str, Any]:  # noqa: ANN401
    texts = setting.texts(value)
    try:
        redaction_of(texts)
    except InspectorError as error:
        raise setting.fail(str(error)) from None
    return {"redact": texts}


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
    "redact": _redact,
    "slow": _slow,
    "names": _names,
}
"""Key → what reads its value into fields of the settings."""


def _listed() -> str:
    return ", ".join(_KEYS)


def _mistake(file: str, text: str, path: Sequence[str], problem: str) -> InspectorError:
    """Return the error for a key of a file, with its line."""
    key = ".".join(path)
    return InspectorError(f"{file}, line {_line_of(text, path)}, {key}", problem)


def _line_of(text: str, path: Sequence[str]) -> int:
    """Return the line of a key; TOML's reader does not tell, so it is looked for."""
    lines = text.split("\n")
    line = 1
    for key in path:
        names = (key, f'"{key}"', f"'{key}'")
        rest = range(line, len(lines) + 1)
        line = next((n for n in rest if _begins(lines[n - 1], names)), line)
    return line


def _begins(line: str, names: Iterable[str]) -> bool:
    """Whether a line has one of some names as a key, or as that of a table."""
    for name in names:
        before, found, after = line.partition(name)
        ends = after.lstrip()[:1] in {"=", ".", "]"} and after.lstrip() != ""
        if found and ends and (not before or before[-1] in _BEFORE_KEYS):
            return True
    return False


def _misspelt(file: str, error: tomllib.TOMLDecodeError) -> tuple[str, str]:
    """Return where a file is not TOML, and why."""
    problem, found, place = str(error).rpartition(" (at line ")
    if not found:
        last = str(error).replace(" (at end of document)", "")
        return file, f"not TOML: {last.lower()}, at its end"
    line, _, column = place.removesuffix(")").partition(", column ")
    return f"{file}, line {line}", f"not TOML: {problem.lower()} at character {column}"
