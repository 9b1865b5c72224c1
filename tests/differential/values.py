"""JSON texts, good and bad, that ask a reader every question there is."""

from __future__ import annotations

import json
import random  # noqa: TC003 — what is imported here is imported by all who draw


def _words(text: str) -> list[str]:
    """Return what stands between blanks and line feeds; other space is kept."""
    return text.replace("\n", " ").strip().split(" ")


_NUMBERS = _words("""
0 -0 1 -1 42 0.1 -0.0 1.0 1e0 1E3 1e+21 1e21 123456789012345680000 1e-7 0.000001
1e400 -1e400 9007199254740993 18446744073709551616 0.1e-6 1.7976931348623159e308 3.14
4.35 100000000000000000000000 1e-400 -1e-400 2.5e-8 123456.789e3 9223372036854775808
5e-324
""")
_BACKSLASH = r"\\"
_CHARACTERS = [
    *"az09 #{}[]:,/'", "é", "求", "😀", "\ufeff", "\u2028", "\x7f", "\xa0", r"\n",
    r"\"", r"\/", r"\u0000", r"\u001F", r"\u00e9", r"\ud83d", r"\ude00",
    r"\ud83d\ude00", r"\uD83D\u0041", r"\b\f\r\t", "\ufffd", "\U0010ffff", _BACKSLASH,
]  # fmt: skip
_KEYS = _words("""
pattern data id response err isDisposed status metadata cmd a b c 0 1 10 é __proto__
constructor toString length
""")
_BROKEN = _words("""
{ } [ ] {] [} [1,] {"a":1,} {"a"} {a:1} {'a':1} nul True NaN Infinity -Infinity +1 01 1.
.5 - 1e 0x1 "a " "\\x" "\\u12" "\\u12g4" 1_000 [1}2] {"a"::1} "a""b" 1,2 {}{} //x /**/1
[,1] {,} undefined \ufeff{} {"a":1}\ufeff 00 -01 1.e3 1e+ "\\'
\x0b{} \xa01 \u2028{} {"a":} {"a":1,} {"a":1}} [[1]
""")
_CONTROL = ['"\n"', '"\t"', '"\x00"', '"\x1f"', '{"a\r":1}', "\x00{}", "{}\x00", "\f{}"]
_BLANKS = ["", "", "", " ", "\n", "\t\r\n "]
_DEEPEST = 2500


def json_text(chance: random.Random) -> bytes:
    """Return a JSON text in UTF-8, mostly a packet, sometimes broken."""
    kind = chance.random()
    if kind < 0.55:
        text = packet_text(chance)
    elif kind < 0.8:
        text = value_text(chance)
    elif kind < 0.84:
        text = chance.choice(["null", "false", "0", '""', "-0", "0.0", "0e5", "true"])
    elif kind < 0.845:
        text = _deep(chance)
    elif kind < 0.87:
        text = chance.choice(_CONTROL)
    else:
        text = chance.choice(_BROKEN)
    return text.encode()


def packet_text(chance: random.Random) -> str:
    """Return the text of a packet as Nest would write it."""
    members = {
        "pattern": chance.choice(['"sum"', '{"cmd":"sum"}', '"求和"', "1"]),
        "data": value_text(chance),
        "id": '"77334d4258340eded607d"',
    }
    if chance.random() < 0.4:
        members = {"response": value_text(chance), "isDisposed": "true", "id": '"1"'}
    dropped = chance.choice([None, *members])
    return _object([(f'"{k}"', v) for k, v in members.items() if k != dropped], "")


def value_text(chance: random.Random, depth: int = 0) -> str:
    """Return the text of any JSON value, blanks and odd spellings included."""
    kind = chance.random()
    if depth < 4 and kind < 0.25:
        pairs = range(chance.choice([0, 1, 2, 3, 3]))
        members = [(key_text(chance), value_text(chance, depth + 1)) for _ in pairs]
        return _object(members, chance.choice(_BLANKS))
    if depth < 4 and kind < 0.4:
        items = [value_text(chance, depth + 1) for _ in range(chance.randint(0, 4))]
        blank = chance.choice(_BLANKS)
        return f"[{blank}{f',{blank}'.join(items)}]"
    if kind < 0.6:
        return chance.choice(_NUMBERS)
    if kind < 0.7:
        return chance.choice(["true", "false", "null"])
    return string_text(chance)


def key_text(chance: random.Random) -> str:
    """Return the text of a key, often one that a packet has.

    No key has a backslash: where an object that V8 read before had the key ``"\\\\"``,
    it takes ``"\\n"`` for that (nodejs/node#63785), the rule "escaped keys".
    """
    if chance.random() < 0.7:
        return json.dumps(chance.choice(_KEYS), ensure_ascii=chance.random() < 0.3)
    return string_text(chance).replace(_BACKSLASH, "")


def string_text(chance: random.Random) -> str:
    """Return the text of a string, its characters raw or escaped."""
    return f'"{"".join(chance.choices(_CHARACTERS, k=chance.randint(0, 6)))}"'


def _object(members: list[tuple[str, str]], blank: str) -> str:
    inner = ",".join(f"{key}{blank}:{blank}{value}" for key, value in members)
    return f"{blank}{{{blank}{inner}{blank}}}{blank}"


def _deep(chance: random.Random) -> str:
    """Return arrays in arrays, or objects in objects, sometimes one bracket short."""
    depth = chance.randrange(100, _DEEPEST)
    start, end = chance.choice([("[", "]"), ('{"data":', "}")])
    return start * depth + "1" + end * (depth - (chance.random() < 0.2))
