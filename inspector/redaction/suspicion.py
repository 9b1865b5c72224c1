"""Whether a JSON text may hold a secret, told quickly: nearly none does.

It errs to one side alone: a text that :mod:`.secrets` hides something in is suspected.
Names of keys are sought in the whole text, without the characters that may join their
words; and what :func:`.secrets.looks_secret` finds has one of a few marks. A text
whose strings are spelled with escapes, or that has blanks and letters beyond ASCII
which Python folds to others, is suspected as well.
"""

from __future__ import annotations

from protocol.lazy_regex import lazy_regex

_JOINING = bytes(each for each in range(128) if chr(each).isspace()) + b"_.-"
# Each is sought by itself, which takes a fraction of what an expression takes.
_KEYS = (
    "passw", "passphrase", "passcode", "pwd", "secret", "token", "apikey",
    "accesskey", "privatekey", "credential", "authorization", "cookie", "session",
    "jwt", "bearer", "otp", "cvv", "cvc",
)  # fmt: skip
_MARKS = (
    "\\", "eyJ", "Bearer", "Basic", "://", "PRIVATE KEY", "AKIA", "AIza", "xox",
    "sk-", "sk_", "pk-", "pk_", "rk-", "rk_", "gho_", "ghp_", "ghu_", "ghs_",
    "ghr_", "github_pat_", "glpat-", "npm_",
)  # fmt: skip
_FOLDED = lazy_regex(rb"\xc2[\x85\xa0]|\xe1\x9a|\xe2[\x80\x81\x84]|\xe3\x80")
"""Blanks of Unicode in UTF-8, and the sign of kelvin, which is a small k to Python."""


def is_suspect(text: bytes) -> bool:
    """Whether a text may hold what is a secret without anybody naming it."""
    plain = text.decode("latin-1")  # in which something is found sooner than in bytes
    for mark in _MARKS:
        if mark in plain:
            return True
    folded = text.lower().translate(None, _JOINING).decode("latin-1")
    for key in _KEYS:
        if key in folded:
            return True
    return not text.isascii() and _FOLDED.search(text) is not None
