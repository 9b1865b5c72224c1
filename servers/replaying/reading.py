"""Which patterns only read, by their names: what may be sent without being asked.

A name is cut into parts, at dots and the like, and these into words: ``getUserById``
and ``users.get_by_id`` have ``get``. It reads if a part begins with a verb of reading,
or of calculating; or if no word in it is unknown, for a noun may follow any verb: that
``discard_list`` changes nothing, nobody has said. A verb of writing is never sent. Of a
pattern that is an object, the values are names; a verb of writing counts in a key too.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protocol import Json

# Letters that are not of ASCII are a word that nobody knows.
_WORD = re.compile(r"(?>(?:[A-Z](?![a-z]))+)|[A-Z]?[a-z]++|[^\x00-\x7f]++")
_PART = re.compile(r"[\w\x80-\U0010ffff-]++")


def _words_in(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


READING = _words_in("""
    aggregate browse calc calculate compare compute contains describe exist exists
    fetch find get has is parse read render show summarize
""")
"""Verbs that read, or calculate: a part of a name begins with one."""
EITHER = _words_in("""
    average count diff echo estimate filter hello list lookup max min peek ping
    preview query search sort sum view
""")
"""Words that are nouns after another verb, and verbs where they begin a part."""
NAMING = _words_in("""
    counts detail details health history info overview stats status summary total
    version
""")
"""Nouns that say what is read, if the other words are known."""
HARMLESS = _words_in("""
    active all any api by calculator cmd current id ids latest math me my of one rpc
    service the user
""")
"""Words that say neither; those in the plural are others."""
WRITING = _words_in("""
    abort accept ack activate add allocate and append apply approve archive assign
    attach ban block book buy call cancel change charge checkin checkout clean
    cleanup clear clone close commit complete confirm connect consume copy
    create deactivate debit decline decrement deduct delete deliver deny deploy
    deposit detach disable disconnect dispatch drop edit emit empty enable end
    enqueue erase exec execute expire fill finish fire flush free generate give
    grant handle import increment init initialize insert install invalidate
    invite invoke issue join kick kill launch leave link lock log login logout
    make mark merge migrate modify move mute notify open order overwrite patch
    pause pay perform pick place play pop post process produce provision publish
    pull purchase purge push put queue rebuild receive record redeem refresh
    refund register reject release remove rename renew replace reply reprocess
    request requeue reserve reset resend resolve restart restore resume retry
    return revoke rotate run save schedule sell send set share ship sign signin
    signup skip spend start stop store submit subscribe swap sync take terminate
    touch track transfer trigger trim truncate unban unblock unlink unlock
    unregister unset unsubscribe update upload upsert use void vote wipe
    withdraw write
""")
"""Words of names that write, whatever else they say."""


def reads_only(pattern: Json) -> bool:
    """Whether a pattern says by its name that its handler changes nothing.

    Args:
        pattern: As it was sent: a string, a number or an object.
    """
    return _of_name(pattern) if isinstance(pattern, str) else _reads_only(pattern)


def _reads_only(pattern: Json) -> bool:
    names = list(_texts(pattern, keys=False))
    if any(set(_words(each)) & WRITING for each in _texts(pattern, keys=True)):
        return False
    parts = [_words(part) for name in names for part in _PART.findall(name)]
    parts = [part for part in parts if part]
    if any(part[0] in READING and part != _READ for part in parts):
        return True
    known = NAMING | EITHER
    named = any(known.intersection(part) for part in parts)
    return named and parts != [_VIEW] and all(map(_is_known, parts))


_READ, _VIEW = ["read"], ["view"]  # alone: to note that somebody has read, or seen, it


def _is_known(part: list[str]) -> bool:
    """Whether a part of a name has no verb but of those that read."""
    if part[0] in EITHER and len(part) > 1:
        return True
    return part != _VIEW and all(
        each in EITHER or each in NAMING or each in HARMLESS or _is_plural(each)
        for each in part
    )


def _is_plural(word: str) -> bool:
    """Whether a word is a noun by its end; verbs, such as focus, end otherwise."""
    return len(word) > 3 and word.endswith("s") and word[-2] not in "aisu"  # noqa: PLR2004


def _words(text: str) -> list[str]:
    """Return the words of a text, in small letters."""
    return [word.lower() for word in _WORD.findall(text)]


def _texts(pattern: Json, *, keys: bool) -> Iterator[str]:
    """Yield the texts in a pattern."""
    waiting = [pattern]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            waiting += each.values()
            waiting += each if keys else ()
        elif isinstance(each, list):
            waiting += each


# A replay asks for the same names again and again.
_of_name = lru_cache(1_024)(_reads_only)
