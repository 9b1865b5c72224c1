"""Routes and keys to names of types, methods and fields, each used once.

====================  ==============  ==============  ===============
route or key          a type          in TypeScript   in Python
====================  ==============  ==============  ===============
``sum``               ``Sum``         ``sum``         ``sum``
``{"cmd":"get_it"}``  ``CmdGetIt``    ``cmdGetIt``    ``cmd_get_it``
``7``                 ``Pattern7``    ``pattern7``    ``pattern_7``
``求和``               ``Pattern``     ``pattern``     ``pattern``
====================  ==============  ==============  ===============
"""

from __future__ import annotations

import keyword
from itertools import islice
from typing import TYPE_CHECKING

from protocol.lazy_regex import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterable

_RUNS = lazy_regex(r"[A-Z]++[a-z]*+|[a-z]++|[0-9]++")
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MOST_WORDS = 8
_LONGEST_WORD = 40
_TYPESCRIPT = {
    "break", "case", "catch", "class", "const", "continue", "debugger", "default",
    "delete", "do", "else", "enum", "export", "extends", "false", "finally", "for",
    "function", "if", "import", "in", "instanceof", "new", "null", "return", "super",
    "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while",
    "with", "implements", "interface", "let", "package", "private", "protected",
    "public", "static", "yield", "async", "await", "of", "any", "unknown", "never",
    "string", "number", "boolean", "object", "symbol", "bigint", "undefined",
    "constructor", "prototype", "then", "proxy", "handlers", "onModuleInit",
    "onApplicationBootstrap", "onModuleDestroy", "beforeApplicationShutdown",
    "onApplicationShutdown", "toString", "valueOf",
}  # fmt: skip
"""Words that no method is named by: of the language, and what Nest calls."""


def words_of(text: str, usual: str = "pattern") -> list[str]:
    """Return the words of a route or a key, at least one, the first with a letter."""
    runs = (each[0] for each in islice(_RUNS.finditer(text), _MOST_WORDS))
    found = [word[:_LONGEST_WORD].lower() for run in runs for word in _parts(run)]
    if not found or found[0].isdecimal():
        found.insert(0, usual)
    return found


def _parts(run: str) -> list[str]:
    """Return the words of letters that follow one another: HTTPServer has two."""
    capitals = len(run) - len(run.lstrip(_CAPITALS))
    if 1 < capitals < len(run):
        return [run[: capitals - 1], run[capitals - 1 :]]
    return [run]


def type_name(words: Iterable[str]) -> str:
    """Return the name of a type: ``CmdGetIt``."""
    return "".join(each[:1].upper() + each[1:] for each in words)


def camel(words: list[str]) -> str:
    """Return the name of a method in TypeScript: ``cmdGetIt``."""
    name = words[0] + type_name(words[1:])
    return f"{name}_" if name in _TYPESCRIPT else name


def snake(words: list[str]) -> str:
    """Return the name of a method or a field in Python: ``cmd_get_it``."""
    name = "_".join(words)
    return f"{name}_" if keyword.iskeyword(name) else name


class Names:
    """Names that are used once each.

    Args:
        taken: Names that are in use already.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._last: dict[str, int] = {}

    def take(self, wanted: str) -> str:
        """Return a name, with a number after it if it is in use."""
        name, number = wanted, self._last.get(wanted, 1)
        while name in self._taken:
            number += 1
            name = f"{wanted}{'_' if wanted[-1:].isdecimal() else ''}{number}"
        self._last[wanted] = number
        self._taken.add(name)
        return name
