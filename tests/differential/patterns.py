"""Patterns, and the names under which Nest registers and looks for their handlers."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from protocol import NestVersion, dumps, loads, route

if TYPE_CHECKING:
    from collections.abc import Sequence

_ASCII = "".join(map(chr, range(0x20, 0x7F)))
_LATIN_1 = "".join(map(chr, range(0x100)))
_SMALL = "aAbéÉßsæeEøoº1½¼2_- \x00\xad'\x85"
_NUMBERS = """
0 -0 1 10 9 1.0 1e0 0.1 -1 1e21 123456789012345680000 1e-7 0.000001 9007199254740993
""".split()  # noqa: SIM905 — read more easily than a list
_ALL_NUMBERS = [*_NUMBERS * 9, "1e400", "-1e400"]  # rare, since they cost time
_TEXTS = ["sum", "", 'q"x', "back\\slash", "é😀", "1", "true", "\ud83d", "{}", "[1]"]
_DEEPEST = 200


@dataclass(frozen=True)
class Pattern:
    """The JSON text of a pattern."""

    text: str

    def question(self) -> str:
        """Return the text."""
        return self.text


def make_pattern(seed: str) -> Pattern:
    """Return the pattern of a seed: an object, a string with one in it, a number …"""
    return Pattern(pattern_text(random.Random(seed)))  # noqa: S311


def make_finite_pattern(seed: str) -> Pattern:
    """Return one without numbers beyond a double, which no client can write."""
    return Pattern(pattern_text(random.Random(seed), _NUMBERS))  # noqa: S311


def look_up(pattern: Pattern, version: str) -> str:
    """Return what ``lookUp`` of ``nest/oracle.mjs`` returns."""
    value = loads(pattern.text.encode())
    return dumps(route(value, NestVersion.of(version))).decode()


def name_of(pattern: Pattern, version: str) -> str:
    """Return what ``nameOf`` of ``nest/oracle.mjs`` returns."""
    value: Any = loads(pattern.text.encode())
    name = value if isinstance(value, str) else route(value, NestVersion.of(version))
    return dumps(name).decode()


def pattern_text(chance: random.Random, numbers: Sequence[str] = _ALL_NUMBERS) -> str:
    """Return the text of a pattern."""
    kind = chance.random()
    if kind < 0.02:
        depth = chance.randrange(3, _DEEPEST)
        return '{"a":' * depth + "1" + "}" * depth
    text = _value(chance, numbers, 0) if kind < 0.9 else chance.choice(numbers)
    if chance.random() < 0.25:
        text = _string(chance, text)
    return text


def _value(chance: random.Random, numbers: Sequence[str], depth: int) -> str:
    kind = chance.random()
    if kind < (0.7, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0)[depth]:
        return _object(chance, numbers, depth)
    if kind < 0.45 and depth < 7:
        items = [
            _value(chance, numbers, depth + 1) for _ in range(chance.randint(0, 3))
        ]
        return f"[{','.join(items)}]"
    if kind < 0.55:
        return chance.choice(["true", "false", "null"])
    if kind < 0.75:
        return chance.choice(numbers)
    return _string(chance, chance.choice(_TEXTS))


def _string(chance: random.Random, text: str) -> str:
    """Return a text as JSON, raw or escaped; lone surrogates travel escaped only."""
    escaped = chance.random() < 0.5 or any("\ud800" <= c <= "\udfff" for c in text)
    return json.dumps(text, ensure_ascii=escaped)


def _object(chance: random.Random, numbers: Sequence[str], depth: int) -> str:
    most = (3, 3, 2, 1, 1, 1, 1)[depth]
    blank = chance.choice(["", "", " ", "\n"])
    count = 22 if chance.random() < 0.03 else chance.choice([1, 2, 3, most])
    members = [
        f"{_key(chance)}{blank}:{blank}{_value(chance, numbers, depth + 1)}"
        for _ in range(count)
    ]
    return f"{blank}{{{blank}{','.join(members)}{blank}}}"


def _key(chance: random.Random) -> str:
    """Return a key of Latin-1, mostly a short one.

    After a backslash comes what is not an escape, so that V8 does not mistake another
    key for this one: the rule "escaped keys".
    """
    characters = chance.choice([_ASCII, _LATIN_1, _LATIN_1, _SMALL, "0123456789"])
    key = "".join(chance.choices(characters, k=chance.choice([1, 1, 2, 2, 3, 6])))
    return json.dumps(key.replace("\\", "\\y"), ensure_ascii=False)
