"""What is a secret without anybody naming it: by its key, or by how it looks."""

from __future__ import annotations

from protocol.lazy_regex import lazy_regex

_SEPARATORS = lazy_regex(r"[\s_.-]+")
_KEY = lazy_regex(
    r"passw(?:or)?d|passphrase|passcode|pwd$|secret|token|apikey|accesskey|privatekey"
    r"|credential|authorization|cookie|session(?:id)?$|jwt|bearer|otp$|cvv$|cvc$",
)
# It is searched for in text of any length, so each run of characters is entered once: a
# run begins after a character that is not its own, and is never given back. How
# long the last run of a secret is does not matter.
_VALUE = lazy_regex(
    # A JSON web token, RFC 7519, wherever in a run it begins.
    r"(?<![\w-])(?>[\w-]*?eyJ)[\w-]{6,}+\.[\w-]{6,}+\."
    r"|\b(?:Bearer|Basic)\s++(?=\S*[0-9A-Z=])[\w+/=.~-]{6}"  # RFC 9110, section 11.4
    r"|\b(?:sk|pk|rk)[-_](?:live|test|proj|ant)?[-_]?[\w-]{16}"
    r"|\bgh[opusr]_\w{20}|\bgithub_pat_\w{20}|\bglpat-[\w-]{16}|\bnpm_\w{20}"
    r"|\bxox[abeoprs]-[\w-]{10}|\bAKIA[0-9A-Z]{12}|\bAIza[\w-]{20}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|://[^/\s:@\"]++:[^/\s@\"]++@"  # a password in a URL
    r"|(?ai:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key)=[^\s&]",  # in words
)


def is_secret_key(key: str) -> bool:
    """Whether a key names a secret, whichever way its words are joined."""
    return _KEY.search(_SEPARATORS.sub("", key).lower()) is not None


def looks_secret(text: str) -> bool:
    """Whether a string holds what looks like a token, a key or a password."""
    return _VALUE.search(text) is not None
