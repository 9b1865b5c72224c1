"""What brokers object to: the errors of all carriers, by their texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .mqtt_objections import OBJECTIONS as OF_MQTT
from .nats_objections import OBJECTIONS as OF_NATS
from .objection import UNKNOWN

if TYPE_CHECKING:
    from .objection import Objection

_KNOWN: dict[str, tuple[Objection, ...]] = {"mqtt": OF_MQTT, "nats": OF_NATS}


def objection_in(text: str, carrier: str) -> Objection:
    """Return what is known of the text of an error.

    Args:
        text: The text, or what errors of its kind have in common.
        carrier: The name of the carrier over which it came.
    """
    said = text.lower()
    found = (each for each in _KNOWN.get(carrier, ()) if each.fits(said))
    return next(found, UNKNOWN)
