"""The answer to EXEC or DISCARD: what becomes of what was published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Fate, Idle, Span, Trouble

from .answers import OTHER
from .passing import counted, errand, idle
from .transactions import Element, End, elements_of, is_null
from .values import ARRAY, ERROR, NUMBER, strings_in

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Side, Unit

    from .reading import Value

_MOST_OBJECTION = 200  # characters of one that are shown


def executed(
    side: Side,
    value: Value,
    taken: tuple[End, list[int] | None],
    conceal: Concealment | None,
) -> list[Unit]:
    """Return what an answer says of each command of a transaction.

    Args:
        side: Who answers.
        value: The answer.
        taken: What ended the transaction, and what had been queued, if that is known.
        conceal: What hides secrets; None where nothing is hidden.
    """
    end, queued = taken
    known = end.tags if queued is None else queued
    tags = tuple(each for each in known if each > OTHER)
    if not tags:
        return [idle(side, value, "reply", conceal)]
    if value.kind != ARRAY or is_null(value.source, value.low):
        return _nothing(side, value, tags, conceal)
    elements = list(elements_of(value.source, value.low)) if value.whole else []
    if queued is None or len(elements) < len(queued):
        return [errand(side, value, end.verb, tags, conceal=conceal)]
    before = [OTHER] * (len(elements) - len(queued))  # whose beginning was not captured
    return [
        _element(side, value, element, about, conceal)
        for element, about in zip(elements, before + queued, strict=True)
    ]


def _nothing(
    side: Side, value: Value, tags: tuple[int, ...], conceal: Concealment | None
) -> list[Unit]:
    """Return that nothing of a transaction is done: nobody has what was published."""
    words = value.member(0).decode("utf-8", "replace")[:_MOST_OBJECTION]
    verb = "error" if value.kind == ERROR else words if words == "OK" else "null"
    unit = errand(side, value, verb, tags, conceal=conceal)
    unit.fate = Fate.WITHDRAWN
    if value.kind != ERROR:
        return [unit]
    return [unit, _objection(side, Span(value.begin, value.end), words, tags, conceal)]


def _element(
    side: Side,
    value: Value,
    element: Element,
    about: int,
    conceal: Concealment | None,
) -> Unit:
    """Return what one command is answered.

    Args:
        side: Who answers.
        value: All of the answer.
        element: That of the command.
        about: Which PUBLISH that is; OTHER for another command.
        conceal: What hides secrets.
    """
    source, shift = value.source, value.begin - value.low
    place, end = element.begin + shift, element.high + shift
    text = source[element.begin : element.high]
    said = source[element.low + 1 : element.high].rstrip()
    if about > OTHER and element.kind == ERROR:
        words = said.decode("utf-8", "replace")[:_MOST_OBJECTION]
        return _objection(side, Span(place, end), words, (about,), conceal)
    if about > OTHER and element.kind == NUMBER:
        unit = counted(side, Span(place, end), said, about)
        unit.text = text
        return unit
    other = Idle(side=side, begin=place, end=end, verb="reply")
    if conceal is not None:
        other.text = text
        spans = strings_in(source, element.low, element.high)
        other.secret = tuple(Span(one + shift, two + shift) for one, two in spans)
    return other


def _objection(
    side: Side,
    extent: Span,
    words: str,
    about: tuple[int, ...],
    conceal: Concealment | None,
) -> Trouble:
    """Return what the broker objects to."""
    if conceal is not None:
        words = words.partition(" ")[0]  # what follows may repeat what was said
    return Trouble(
        side=side,
        begin=extent.begin,
        end=extent.end,
        code="broker-error",
        detail=words,
        about=about,
    )
