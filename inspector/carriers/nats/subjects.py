"""Which subjects are inboxes, and which are not an application's.

=====================================  =============================================
``_INBOX.3QB9lIOY8FFETLhYWNGUnj``      an inbox: where the replies to a request go
``_INBOX.3QB9lIOY8FFETLhYWNGUnj.*``    … of many requests, as nats-py has it
``mine.3QB9lIOY8FFETLhYWNGUnj``        … with the option ``inboxPrefix``
``$JS.API.…``, ``$JS.ACK.…``           JetStream; ``$KV.…`` and ``$O.…`` ride on it
``$SYS.…``                             the server's own
=====================================  =============================================

Source: ``@nats-io/nats-core``, ``createInbox``, ``nuid``: 22 digits and letters.
"""

from __future__ import annotations

from protocol.lazy_regex import lazy_regex

INBOX = "_INBOX."
_WILDCARD = lazy_regex(r"(?:\A|\.)[*>](?:\.|\Z)")
# Words, however long, seldom have digits and capital letters; a nuid mostly does.
_NUID = lazy_regex(r"\.(?=[A-Za-z]*[0-9])(?=[a-z0-9]*[A-Z])[0-9A-Za-z]{22}\Z")
_SYSTEMS = (
    ("$JS.", "JetStream"),
    ("$KV.", "JetStream"),
    ("$O.", "JetStream"),
    ("$SYS.", "system"),
)


def subject_of(word: bytes) -> str:
    """Return a word of a control line as text; no two words become the same."""
    return word.decode("utf-8", "backslashreplace")


def has_wildcard(subject: str) -> bool:
    """Whether one subscription to a subject is to many."""
    return ("*" in subject or ">" in subject) and bool(_WILDCARD.search(subject))


def covers(pattern: str, subject: str) -> bool:
    """Whether what is sent to a subject reaches who has subscribed to a pattern.

    Source: ``docs.nats.io``, subject-based messaging: ``*`` is one token, and a last
    ``>`` one or more.
    """
    if pattern == subject:
        return True
    wanted, tokens = pattern.split("."), subject.split(".")
    if wanted[-1] == ">":
        wanted.pop()
        if len(tokens) <= len(wanted):
            return False
        tokens = tokens[: len(wanted)]
    return len(wanted) == len(tokens) and all(
        one in {"*", other} for one, other in zip(wanted, tokens, strict=True)
    )


def is_inbox(subject: str) -> bool:
    """Whether a subject is where the replies to one request go, by its name."""
    if subject.startswith(INBOX):
        return not has_wildcard(subject)
    return looks_random(subject)


def looks_random(subject: str) -> bool:
    """Whether a subject ends as inboxes do that have a prefix of their own."""
    return subject[-23:-22] == "." and _NUID.search(subject) is not None


def system_of(subject: str) -> str:
    """Return what a subject belongs to that is not an application's; else nothing."""
    if subject.startswith("$"):
        for prefix, system in _SYSTEMS:
            if subject.startswith(prefix):
                return system
    return ""
