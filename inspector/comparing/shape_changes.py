"""Where the payloads of a pattern have other shapes, and whether that breaks a reader.

Who reads a payload was written for what it was: a key that is gone, another type, a
value that may be null now break them; what came besides does not. So a change is

==============  ====================================================================
breaking        a key that was always there is gone, or not always there; a type,
                null, a fraction or a value of an enum that was never there; a format
                that is gone; several values where there was one
compatible      a new key; what is no longer null, or always there now; a type that
                is gone; another constant text
unsure          one of the breaking ones that may be chance: it concerns a part of the
                samples, of which there were too few
==============  ====================================================================

A change of all samples (there in all before, in none after) is a fact, whatever their
number, which is shown. One of some samples is sure if shares differ as much by chance
once in a thousand times (:func:`.chance.share_test`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from inspector.shapes.faults import member_path
from inspector.shapes.inferring import is_enum, is_map, map_values, type_counts
from inspector.words import listing
from protocol import dumps

from .chance import share_test

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.contracts.gathering import PatternShapes
    from inspector.shapes.shape import Shape
    from inspector.shapes.texts import Texts

MOST = 100
"""Changes of a pattern that are listed."""

_CHANCE = 0.001
_FEW_STRINGS, _MANY_STRINGS = 5, 20
_SHOWN = 3  # values of an enum


class Grade(StrEnum):
    """What a change means to who reads the payload."""

    BREAKING = "breaking"
    COMPATIBLE = "compatible"
    UNSURE = "unsure"


class ShapeChange(msgspec.Struct, frozen=True):
    """A place that is otherwise than before.

    Attributes:
        path: ``data.id``, ``reply.items[].price``, ``error.message``.
        change: What happened, in words.
        grade: What that means to readers.
        before: Of how many samples before it was so …
        of_before: … of how many …
        after: … and after …
        of_after: … of how many.
    """

    path: str
    change: str
    grade: Grade
    before: int
    of_before: int
    after: int
    of_after: int


def shape_changes(before: PatternShapes, after: PatternShapes) -> list[ShapeChange]:
    """Return the changes of a pattern, those that break readers first."""
    found = list(_all_changes(before, after))
    order = list(Grade)
    found.sort(key=lambda each: (order.index(each.grade) == 1, order.index(each.grade)))
    return found[:MOST]


def _all_changes(before: PatternShapes, after: PatternShapes) -> Iterator[ShapeChange]:
    if not before.count or not after.count:
        return
    counts = before.data.samples, before.count, after.data.samples, after.count
    yield from _place("data", before.data, after.data, counts)
    counts = (
        before.answered - before.no_value,
        before.answered,
        after.answered - after.no_value,
        after.answered,
    )
    yield from _place("reply", before.replies, after.replies, counts)
    if before.most_values == 1 < after.most_values:
        yield ShapeChange("reply", "one value → a stream", Grade.BREAKING, 0, 1, 1, 1)
    if before.errors.samples and after.errors.samples:
        yield from _values("error", before.errors, after.errors)


def _place(
    path: str, before: Shape, after: Shape, counts: tuple[int, int, int, int]
) -> Iterator[ShapeChange]:
    """Yield the changes of a place that may be absent, such as a key.

    Args:
        path: Its path.
        before: What was there …
        after: … and after.
        counts: How often it was there, of how often it could have been; both twice.
    """
    there, of_before, still, of_after = counts
    if of_before and of_after:
        change = _presence(there, of_before, still, of_after)
        if change is not None:
            grade = _graded(counts, breaking=change in _BREAKING)
            yield ShapeChange(path, change, grade, *counts)
    if before.samples and after.samples:
        yield from _values(path, before, after)


_BREAKING = ("is gone", "is not always there any more")


def _presence(there: int, of_before: int, still: int, of_after: int) -> str | None:
    """Return what happened to a key; None if it is there as it was."""
    if not there:
        return "is new" if still else None
    if not still:
        return "is gone" if there == of_before else "was optional, and is gone"
    if there == of_before and still < of_after:
        return "is not always there any more"
    if there < of_before and still == of_after:
        return "is always there now"
    return None


def _graded(counts: tuple[int, int, int, int], *, breaking: bool) -> Grade:
    """Return the grade of a change of so many samples."""
    if not breaking:
        return Grade.COMPATIBLE
    before, of_before, after, of_after = counts
    whole = (before == of_before and not after) or (not before and after == of_after)
    sure = whole or share_test(*counts) < _CHANCE
    return Grade.BREAKING if sure else Grade.UNSURE


def _values(path: str, before: Shape, after: Shape) -> Iterator[ShapeChange]:
    """Yield the changes of the values at a place, and below."""
    yield from _types(path, before, after)
    yield from _texts(path, before.texts, after.texts)
    if before.items is not None and after.items is not None:
        yield from _values(f"{path}[]", before.items, after.items)
    if before.objects and after.objects:
        yield from _objects(path, before, after)


def _types(path: str, before: Shape, after: Shape) -> Iterator[ShapeChange]:
    old, new = type_counts(before), type_counts(after)
    old_names, new_names = _names(old), _names(new)
    if old_names and new_names and not {*old_names} & {*new_names}:
        change = f"{listing(old_names)} → {listing(new_names)}"
        if change == "number → integer":
            return
        if change == "integer → number":
            yield from _fractions(path, before, after)
            return
        counts = before.samples, before.samples, 0, after.samples
        yield ShapeChange(path, change, Grade.BREAKING, *counts)
        return
    for name in new:
        if name not in old and not (name == "integer" and "number" in old):
            yield _appeared(path, name, (before.samples, new[name], after.samples))
    for name in old:
        if name not in new and not (name == "integer" and "number" in new):
            counts = old[name], before.samples, 0, after.samples
            words = f"is never {_described(name)} any more"
            yield ShapeChange(path, words, Grade.COMPATIBLE, *counts)


def _fractions(path: str, before: Shape, after: Shape) -> Iterator[ShapeChange]:
    counts = 0, before.numbers.count, after.numbers.fractions, after.numbers.count
    grade = _graded(counts, breaking=True)
    yield ShapeChange(path, "integer → number", grade, *counts)


def _appeared(path: str, name: str, samples: tuple[int, int, int]) -> ShapeChange:
    of_before, count, of_after = samples
    counts = 0, of_before, count, of_after
    change = f"may be {_described(name)} now"
    return ShapeChange(path, change, _graded(counts, breaking=True), *counts)


def _names(counts: dict[str, int]) -> list[str]:
    return [name for name in counts if name != "null"]


def _described(name: str) -> str:
    if name == "null":
        return name
    return f"{'an' if name[0] in 'aio' else 'a'} {name}"


def _texts(path: str, before: Texts, after: Texts) -> Iterator[ShapeChange]:
    if not before.count or not after.count:
        return
    counts = before.count, before.count, after.count, after.count
    if before.format != after.format:
        yield from _formats(path, before, after)
    elif is_enum(before):
        yield from _enum(path, before, after)
    elif (
        _constant(before) != _constant(after) and _constant(before) and _constant(after)
    ):
        texts = f"{_quoted(_constant(before))} → {_quoted(_constant(after))}"
        yield ShapeChange(path, texts, Grade.COMPATIBLE, *counts)


def _formats(path: str, before: Texts, after: Texts) -> Iterator[ShapeChange]:
    old, new = before.format, after.format
    change = f"format {old or 'none'} → {new or 'none'}"
    counts = before.count, before.count, 0 if old else after.count, after.count
    if old is None:  # it was wider
        if before.count >= _FEW_STRINGS and after.count >= _FEW_STRINGS:
            yield ShapeChange(path, change, Grade.COMPATIBLE, *counts)
        return
    enough = _FEW_STRINGS if new else _MANY_STRINGS
    sure = before.count >= enough
    yield ShapeChange(path, change, Grade.BREAKING if sure else Grade.UNSURE, *counts)


def _enum(path: str, before: Texts, after: Texts) -> Iterator[ShapeChange]:
    known = before.values or {}
    if after.values is None:
        counts = before.count, before.count, 0, after.count
        change = f"is not one of {len(known)} values any more"
        yield ShapeChange(path, change, Grade.BREAKING, *counts)
        return
    others = {text: count for text, count in after.values.items() if text not in known}
    if others:
        shown = listing([_quoted(each) for each in sorted(others)[:_SHOWN]])
        counts = 0, before.count, sum(others.values()), after.count
        change = f"has new values: {shown}" + "…" * (len(others) > _SHOWN)
        yield ShapeChange(path, change, _graded(counts, breaking=True), *counts)


def _constant(texts: Texts) -> str:
    """Return the one text that all strings are, if there were at least two."""
    values = texts.values or {}
    return next(iter(values)) if len(values) == 1 and texts.count > 1 else ""


def _quoted(text: str) -> str:
    return dumps(text).decode()


def _objects(path: str, before: Shape, after: Shape) -> Iterator[ShapeChange]:
    if is_map(before) or is_map(after):
        old, new = map_values(before), map_values(after)
        if old.samples and new.samples:
            yield from _values(f"{path}[*]", old, new)
        return
    old_keys, new_keys = before.keys or {}, after.keys or {}
    nothing = type(before)()
    for key in sorted({*old_keys, *new_keys}):
        old, new = old_keys.get(key, nothing), new_keys.get(key, nothing)
        counts = old.samples, before.objects, new.samples, after.objects
        yield from _place(member_path(path, key), old, new, counts)
