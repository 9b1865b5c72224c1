"""What a broker may object to: the text of its error, why, and what to do.

Those of each broker are in a module of their own.
"""

from __future__ import annotations

from protocol.named_tuple import NamedTuple

from .finding import Severity


class Objection(NamedTuple):
    """One of the errors that a broker sends.

    Attributes:
        begins: How its text begins, in small letters.
        cause: What it means, as whole sentences.
        fix: What to do about it.
        severity: How much it matters.
        says: What its text also has, in small letters.
    """

    begins: str
    cause: str
    fix: str
    severity: Severity = Severity.ERROR
    says: str = ""

    @property
    def key(self) -> str:
        """What errors of one kind have in common, by which it is found again."""
        return f"{self.begins} {self.says}".strip()

    def fits(self, text: str) -> bool:
        """Whether a text, in small letters, is of this kind."""
        return text.startswith(self.begins) and self.says in text


UNKNOWN = Objection(
    "",
    "The broker sent it as an error of this connection.",
    "look in the log of the broker at that time",
)
