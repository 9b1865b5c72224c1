"""Units of control packets at the places of the frames that carried them.

Where anything is concealed, each is written with its frames: masked, and compressed, as
they were. What was compressed together is written with the first unit of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from inspector.carriers.base import Errand, Idle, Span, Transfer
from inspector.carriers.sessions import WrittenTransfer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.carriers.base import Unit

    from .messages import Messages

_BLANK = b"x"
Written: TypeAlias = WrittenTransfer | Errand | Idle
"""Units of which something is written."""


def placed(
    units: Sequence[Unit], messages: Messages, shift: int, *, conceals: bool
) -> list[Unit]:
    """Return units at the places of their frames.

    Args:
        units: Units at places of control packets, one after another.
        messages: The messages that carried them.
        shift: Place among the bytes of those, less that of control packets.
        conceals: Whether each is to say what is written of it.
    """
    extents = [Span(each.begin + shift, each.end + shift) for each in units]
    if conceals:
        return _concealed(units, messages, extents)
    for unit, extent in zip(units, extents, strict=True):
        _place(unit, messages, extent)
    return list(units)


def _place(unit: Unit, messages: Messages, extent: Span) -> None:
    """Let a unit be where its frames are; what is secret is written with those."""
    begin, end = messages.begin(extent.begin), messages.after(extent.end)
    assert begin is not None  # what belongs to a unit is not forgotten before
    assert end is not None
    unit.begin, unit.end, unit.secret = begin, end, ()


def _concealed(
    units: Sequence[Unit], messages: Messages, extents: Sequence[Span]
) -> list[Unit]:
    """Return units that say what is written of their frames."""
    texts = [
        _shown(unit, extent, messages.payload(*extent))
        for unit, extent in zip(units, extents, strict=True)
    ]
    found = list(map(_writable, units))
    for unit, extent in zip(found, extents, strict=True):
        _place(unit, messages, extent)
    if any(messages.whole(*extent) != extent for extent in extents):
        _write_together(found, texts, messages, extents)
        return found
    for unit, text, extent in zip(found, texts, extents, strict=True):
        if isinstance(unit, Written):
            _write(unit, text, messages, extent.begin)
    return found


def _shown(unit: Unit, extent: Span, sent: bytes) -> bytes:
    """Return what is written of a control packet; nothing if none of it is.

    Args:
        unit: What it is, at the places of control packets.
        extent: Where it is among the bytes of messages.
        sent: Its bytes as they travelled.
    """
    text = bytearray()
    if isinstance(unit, Transfer):
        text[:] = sent
        text[: len(unit.head)] = unit.head
        text[len(text) - len(unit.body) :] = unit.body
    elif isinstance(unit, Errand | Idle):
        text[:] = unit.text
    for secret in unit.secret if text else ():
        low, high = secret.begin - unit.begin, secret.end - unit.begin
        text[low:high] = _BLANK * (high - low)
    assert len(text) in {0, extent.end - extent.begin}
    return bytes(text)


def _writable(unit: Unit) -> Unit:
    """Return a unit of which nothing is written yet."""
    if isinstance(unit, Transfer):
        fields = {name: getattr(unit, name) for name in unit.__struct_fields__}
        return WrittenTransfer(**fields)
    if isinstance(unit, Errand | Idle):
        unit.text = unit.original = b""
    return unit


def _write(unit: Written, text: bytes, messages: Messages, begin: int) -> None:
    """Let a unit say what is written of its frames, if anything is."""
    if not text:
        return
    sent = messages.sent(begin, begin + len(text))
    shown = messages.rewritten(begin, text)
    if isinstance(unit, WrittenTransfer):
        unit.sent, unit.shown = sent, shown
    else:
        unit.original, unit.text = sent, shown


def _write_together(
    units: Sequence[Unit],
    texts: Sequence[bytes],
    messages: Messages,
    extents: Sequence[Span],
) -> None:
    """Let the first unit say what is written of the frames of all of them."""
    first = next((each for each in units if isinstance(each, Written)), None)
    if first is None:
        return
    begin, end = extents[0].begin, extents[-1].end
    shown = bytearray(_BLANK * (end - begin))
    for text, extent in zip(texts, extents, strict=True):
        low = extent.begin - begin
        shown[low : low + len(text)] = text
    first.begin, first.end = units[0].begin, units[-1].end
    _write(first, bytes(shown), messages, begin)
