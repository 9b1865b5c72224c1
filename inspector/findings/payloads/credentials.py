"""A password or a token in clear text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from inspector.findings.evidence import Payload
from inspector.findings.finding import Severity
from inspector.findings.payload_rule import PayloadRule
from inspector.findings.registry import finding
from inspector.findings.rule import Details
from inspector.words import article, listing, plural
from protocol.lazy_regex import lazy_regex

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

# decision 28: A credential is found by the name of its key
_FIELD = lazy_regex(
    r'"(password|passwd|secret|token|access_?token|refresh_?token|api_?key|authorization)"'
    r'[\t\n\r ]*+:[\t\n\r ]*+"[^"]',
    re.IGNORECASE | re.ASCII,
)
_TLS = "set tlsOptions on both sides"
_LESS = "leave secrets out of replies; set tlsOptions on both sides"
_BOTH = "set tlsOptions on both sides; leave secrets out of replies"
_MOST_NAMES = 4  # that a finding names


@finding("credentials", Severity.WARNING, about=Payload, rank=340)
class Credentials(PayloadRule):
    """A password or a token in clear text."""

    see = "exchanges --grep password"

    either_side = True  # a password is as readable
    shortest = len('{"token":"x"}')
    words = ("secret", "passw", "token", "key", "authorization")

    def glance(self, text: str) -> bool:
        """Whether a text has a part of a name: quicker to look for than the names.

        A single letter is found several times as quickly as two or more.
        """
        lower = text.lower() if text.isascii() else _lower(text)
        return (
            "secret" in lower
            or ("w" in lower and "passw" in lower)
            or ("k" in lower and "ke" in lower and ("token" in lower or "key" in lower))
            or ("z" in lower and "authorization" in lower)
        )

    def details(self, payload: Payload, _context: Context) -> Details | None:
        names = fields_in(payload.text)
        if not names:
            return None
        more = "others" * (len(names) > _MOST_NAMES)
        return Details(subject=listing(names[:_MOST_NAMES], more), detail=payload.word)

    def message(self, finding: Finding) -> str:
        return f"{finding.subject} in {article(finding.detail)}, in clear text"

    def headline(self, group: FindingGroup) -> str:
        return f"{group.first.subject} in {_places(group)}"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.routes()}: anyone who can capture the connection can read it. "
            f"{group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        return _TLS if finding.detail != "reply" else _LESS

    def advice(self, group: FindingGroup) -> str:
        if "reply" not in group.details:
            return _TLS
        return _LESS if len(group.details) == 1 else _BOTH


def fields_in(text: str) -> list[str]:
    """Return the names of the fields with a credential, each once, in their order."""
    names: dict[str, str] = {}
    for name in _FIELD.findall(text):
        names.setdefault(name.lower(), name)
    return list(names.values())


def _places(group: FindingGroup) -> str:
    return listing([plural(count, word) for word, count in group.details.items()])


def _lower(text: str) -> str:
    """Return bytes as text in small letters, of which ASCII alone has any here."""
    return text.encode("latin-1").lower().decode("latin-1")
