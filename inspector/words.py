"""Words of a sentence: quantities, lists, and what agrees with their number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import protocol
from protocol.lazy_regex import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Sequence

_THOUSAND = 1000
_SECOND_NS = 1_000_000_000
_DAY = 86_400  # seconds, of which UTC as computers have it counts no others
_VOWELS = ("a", "e", "i", "o", "u")
_SIBILANTS = ("s", "x", "ch", "sh")
_PLURAL_VERBS = {"is": "are", "was": "were", "has": "have", "does": "do"}
_WORD = lazy_regex(r"[\w-]+")
_JOINED = lazy_regex(r"…(?:[.:]…)+")
_ALIKE = 0.01  # of the longer of two durations that are one, how much they differ

duration = protocol.duration
"""A duration with three significant digits, as every sentence and cell has it."""
significant = protocol.significant
"""A number with three significant digits, and at most three decimals."""


def duration_range(first_ns: int, last_ns: int) -> str:
    """Return ``40 to 70 ms``, ``up to 70 ms``, or one duration if both read alike."""
    first, last = duration(first_ns), duration(last_ns)
    if first == last:
        return first
    if not first_ns:
        return f"up to {last}"
    (low, unit), (_, other) = first.split(" ", 1), last.split(" ", 1)
    return f"{low} to {last}" if unit == other else f"{first} to {last}"


def one_time(shortest_ns: int, longest_ns: int) -> bool:
    """Whether durations between two are one, as far as a person cares: within 1 %."""
    return longest_ns - shortest_ns <= _ALIKE * longest_ns


def after(shortest_ns: int, longest_ns: int, count: int) -> str:
    """Return when several things ended: ``after 4.00 s each``, ``after 4 to 9 s``."""
    if not one_time(shortest_ns, longest_ns):
        return f"after {duration_range(shortest_ns, longest_ns)}"
    return f"after {duration(longest_ns)}{' each' * (count > 1)}"


def plural(count: int, noun: str) -> str:
    """Return ``1 event`` or ``2 events``, ``1 reply`` or ``2 replies``."""
    return f"{count:,} {nouns(count, noun)}"


def nouns(count: int, noun: str) -> str:
    """Return the form of a noun for a number of things: ``reply`` or ``replies``."""
    if count == 1:
        return noun
    if noun.endswith("y") and noun[-2:-1] not in _VOWELS:
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(_SIBILANTS) else "s")


def verb(count: int, singular: str) -> str:
    """Return the form of a verb that agrees with a number of things.

    Args:
        count: How many they are.
        singular: The form for one: ``is``, ``was``, ``has``, or one that only ends in
            ``s``, as ``waits`` does.
    """
    if count == 1:
        return singular
    return _PLURAL_VERBS.get(singular) or singular.removesuffix("s")


def times(count: int) -> str:
    """Return ``once`` or ``3 times``."""
    return "once" if count == 1 else f"{count:,} times"


def multiple(ratio: float) -> str:
    """Return ``1,288 times`` or ``5.3 times``: how often one fits into another."""
    return f"{ratio:,.0f} times" if ratio >= 9.95 else f"{ratio:.1f} times"  # noqa: PLR2004


def clock(time_ns: int) -> str:
    """Return the time of day in UTC: ``15:16:12.246``; of any year, even none."""
    seconds, rest = divmod(time_ns, _SECOND_NS)
    minutes, second = divmod(seconds % _DAY, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}.{rest // 1_000_000:03}"


def listing(names: Sequence[str], more: str = "") -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``; ``more`` comes last."""
    words = [*names, more] if more else list(names)
    if len(words) <= 1:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def sentence(text: str) -> str:
    """Return a text as a sentence begins: with a capital, and otherwise as it is."""
    return text[:1].upper() + text[1:]


def size(count: int) -> str:
    """Return a size as a sentence has it: ``62 B``, ``1.45 kB``."""
    value, units = float(count), ["B", "kB", "MB", "GB", "TB"]
    while value >= 999.5 and len(units) > 1:  # noqa: PLR2004
        value, units = value / _THOUSAND, units[1:]
    return f"{count} B" if units[0] == "B" else f"{significant(value)} {units[0]}"


def article(word: str) -> str:
    """Return a word with its article: ``an event``, ``a reply``."""
    return f"{'an' if word[0] in _VOWELS else 'a'} {word}"


def without_numbers(text: str) -> str:
    """Return the text of an error with ``…`` for each number, id or address in it."""
    digits = _WORD.sub(lambda word: _unless_numbered(word[0]), text)
    return _JOINED.sub("…", digits)


def _unless_numbered(word: str) -> str:
    return "…" if any(map(str.isdigit, word)) else word
