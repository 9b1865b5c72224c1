"""What a finding about payloads is: one that a glance at a text can rule out."""

from __future__ import annotations

from .evidence import Payload
from .rule import Rule
from .signs import TEXT


class PayloadRule(Rule[Payload]):
    """A kind of finding about what an exchange carries.

    Every payload of a capture gets a glance, so that has to be quick.

    Attributes:
        shortest: The size of the smallest payload that it may be about, in bytes.
        words: In small letters: of these a payload has one that it may be about, in
            letters of whatever size. None where it may be about any.
        string: Where the keys of a payload are numbers: the characters of one string in
            it, at least, none of which is escaped. 0 where it may be about any.
    """

    needs = TEXT
    shortest: int = 0
    words: tuple[str, ...] = ()
    string: int = 0

    def glance(self, _text: str, /) -> bool:
        """Whether a text may be for this finding; it may be that of several payloads.

        Args:
            _text: The JSON text, one character for each byte of it.
        """
        return True

    def applies(self, payload: Payload) -> bool:
        """Whether a glance does not rule it out."""
        return len(payload.text) >= self.shortest and self.glance(payload.text)
