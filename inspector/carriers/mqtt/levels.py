"""Which level of MQTT a connection speaks: CONNECT says it, or else its packets do.

From MQTT 5 on packets have properties, and acknowledgements reason codes. Where the
capture lacks CONNECT, a packet is read either way: of what carries JSON, and of
subscriptions, only one way fits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from .contents import Published
from .fields import MalformedError

if TYPE_CHECKING:
    from .reading import Control

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
_JSON = b"{"


class Reading(Protocol[T_co]):
    """What reads the content of a control packet."""

    def __call__(self, data: bytes, head: int, *, five: bool) -> T_co:
        """Return what it says.

        Raises:
            MalformedError: It is malformed.
        """


class Level:
    """The level of one connection.

    Attributes:
        five: Whether it is 5; None until that is known.
    """

    __slots__ = ("five",)

    def __init__(self) -> None:
        self.five: bool | None = None

    def read(self, reading: Reading[T], control: Control) -> T:
        """Return what a control packet says, and learn the level by that.

        Raises:
            MalformedError: It is malformed.
        """
        five = self.five
        if five is not None:
            return reading(control.data, control.head, five=five)
        try:
            later = reading(control.data, control.head, five=True)
        except MalformedError:
            earlier = reading(control.data, control.head, five=False)
            self.five = False
            return earlier
        if self._fits_five_alone(reading, control, later):
            self.five = True
        return later

    @staticmethod
    def _fits_five_alone(reading: Reading[T], control: Control, later: T) -> bool:
        """Whether a packet that can be read as one of MQTT 5 is no earlier one."""
        if isinstance(later, Published):
            return control.data.startswith(_JSON, later.payload)
        try:
            reading(control.data, control.head, five=False)
        except MalformedError:
            return True
        return False
