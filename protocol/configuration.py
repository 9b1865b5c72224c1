"""``protocol-inspect.toml``: where it is, and where in it a mistake is.

The programs share the file. Each reads its own keys, and points at a mistake as the
others do: the file, the line and the key.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import tomllib
    from collections.abc import Collection, Iterable, Mapping, Sequence

FILE = "protocol-inspect.toml"
OF_CALLS = "call"
"""The table that ``protocol-call`` reads."""
LARGEST = 1 << 20
"""Bytes of a file that are read."""
_FOLDER = "XDG_CONFIG_HOME"
"""Source: XDG Base Directory Specification; without it ``~/.config``."""
_BEFORE_KEYS = " \t{,.["  # what may stand before a key on its line


class ConfigurationError(ValueError):
    """A file has a mistake.

    Attributes:
        place: The file, the line and the key.
        problem: What is wrong there.
    """

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(place, problem)
        self.place = place
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


def folder_of(environment: Mapping[str, str], home: str) -> PurePath:
    """Return the configuration folder of a user.

    Args:
        environment: The variables that are set.
        home: The user's folder.
    """
    return PurePath(environment.get(_FOLDER) or PurePath(home, ".config"))


def home() -> str:
    """Return the user's folder; that of the system if nothing says where it is.

    A container may run as a user without an entry, and without ``HOME``.
    """
    try:
        return str(Path.home())
    except RuntimeError:
        return os.sep


def read_toml(text: str, file: str) -> dict[str, Any]:
    """Return what a file holds.

    Raises:
        ConfigurationError: It is not TOML, or too deep or too long for a program.
    """
    import tomllib  # noqa: PLC0415 — most runs have no file

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _misspelt(file, error) from None
    except RecursionError:
        raise ConfigurationError(file, "nested too deeply") from None
    except ValueError:  # Python's limit (sys.set_int_max_str_digits)
        raise ConfigurationError(file, "an integer has too many digits") from None


def mistake(
    file: str, text: str, path: Sequence[str], problem: str
) -> ConfigurationError:
    """Return the error for a key of a file, with its line.

    Args:
        file: The name of the file.
        text: What it holds.
        path: The key, after those of the tables that it is in.
        problem: What is wrong with it.
    """
    key = ".".join(path)
    return ConfigurationError(f"{file}, line {_line_of(text, path)}, {key}", problem)


def unknown(key: str, known: Collection[str]) -> str:
    """Return what is wrong with a key that is none of those known."""
    from difflib import get_close_matches  # noqa: PLC0415 — for mistakes alone

    meant = get_close_matches(key, known, n=1)
    hint = f", did you mean {meant[0]}?" if meant else f"; there are {', '.join(known)}"
    return f"no such setting{hint}"


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


def _misspelt(file: str, error: tomllib.TOMLDecodeError) -> ConfigurationError:
    """Return where a file is not TOML, and why."""
    problem, found, place = str(error).rpartition(" (at line ")
    if not found:
        last = str(error).replace(" (at end of document)", "")
        return ConfigurationError(file, f"not TOML: {last.lower()}, at its end")
    line, _, column = place.removesuffix(")").partition(", column ")
    return ConfigurationError(
        f"{file}, line {line}", f"not TOML: {problem.lower()} at character {column}"
    )
