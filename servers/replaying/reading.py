"""Which patterns only read, by their names: what may be sent without being asked.

A name is split into words: ``getUserById`` and ``users.get_by_id`` have ``get``. It
reads if one of its words is a verb of reading, or of calculating, and none is a verb of
writing. Anything else may write, since nobody has said that it does not. Of a pattern
that is an object, the values are the name; a verb of writing counts in a key as well.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protocol import Json

_WORD = re.compile(r"(?>(?:[A-Z](?![a-z]))+)|[A-Z]?[a-z]++")


def _words_in(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


READING = _words_in("""
    accumulate aggregate average browse calc calculate compare compute contains
    convert count counts describe detail details diff echo estimate exists exist
    export fetch filter find format get has health hello history info is list
    load lookup max min overview parse peek ping preview query read render
    report search select show sort stats status sum summarize summary total
    validate verify version view
""")
"""Words of names that read, or calculate."""
WRITING = _words_in("""
    abort accept ack activate add allocate append apply approve archive assign
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
    values = set(_words(pattern, keys=False))
    if not values & READING:
        return False
    return not set(_words(pattern, keys=True)) & WRITING


def _words(pattern: Json, *, keys: bool) -> Iterator[str]:
    """Yield the words of a pattern, in small letters."""
    waiting = [pattern]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield from (word.lower() for word in _WORD.findall(each))
        elif isinstance(each, dict):
            waiting += each.values()
            waiting += each if keys else ()
        elif isinstance(each, list):
            waiting += each


# A replay asks for the same names again and again.
_of_name = lru_cache(1_024)(_reads_only)
