"""The verdict: what the counts of packets say, in one sentence, and why.

Everything here is derived from the rows of the report, which are derived from the
segments. No sentence knows what a message ought to take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from inspector.calls.exchanges import Kind
from inspector.calls.reasons import EXPECTED_PACKETS, REASONS
from inspector.words import plural

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from inspector.figures.report import PacketRow, Reason, Report

_NOUNS = {Kind.MESSAGE: "message call", Kind.EVENT: "event"}
_PLAIN = {
    Kind.MESSAGE: "request, reply",
    Kind.EVENT: "no reply, ever",
    Kind.ORPHAN: "reply without its request",
}
_CIRCUMSTANCES = {"shared", "retransmitted"}
"""Reasons that do not change the number of packets."""
_NAMED = 4


class Verdict(NamedTuple):
    """A sentence, and whether the rule that it states held for all."""

    held: bool
    sentence: str


def judge(report: Report) -> Verdict | None:
    """Return the verdict on a report; None when there is nothing to judge."""
    rows = {kind: _rows(report, kind) for kind in (Kind.MESSAGE, Kind.EVENT)}
    judged = [(kind, own) for kind, own in rows.items() if own]
    if not judged:
        return None
    if all(_kept(kind, own) for kind, own in judged):
        return _kept_verdict(judged)
    return Verdict(held=False, sentence=" ".join(_broken(judged)))


def why(kind: Kind, rows: Sequence[PacketRow]) -> str:
    """Return why the exchanges of some rows took what they took."""
    total = sum(row.exchanges for row in rows)
    named = []
    for word in REASONS:
        found = [row.reasons[word] for row in rows if word in row.reasons]
        if found and word != "orphan":
            named.append(_name_reason(word, found, total))
    return "; ".join(named) or _PLAIN[kind]


def packet_range(numbers: Iterable[int]) -> str:
    """Return ``3``, ``3 or 6``, or ``3 to 9``."""
    ordered = sorted(numbers)
    if len(ordered) == 1:
        return f"{ordered[0]:,}"
    word = "or" if len(ordered) == 2 else "to"  # noqa: PLR2004
    return f"{ordered[0]:,} {word} {ordered[-1]:,}"


def _rows(report: Report, kind: Kind) -> dict[int, PacketRow]:
    return {
        packets: row
        for (own, packets), row in sorted(report.packet_rows.items())
        if own is kind
    }


def _kept(kind: Kind, rows: dict[int, PacketRow]) -> bool:
    return (
        list(rows) == [EXPECTED_PACKETS[kind]]
        and not rows[EXPECTED_PACKETS[kind]].shared
    )


def _kept_verdict(judged: list[tuple[Kind, dict[int, PacketRow]]]) -> Verdict:
    parts = [
        f"every {_NOUNS[kind]} {'' if index else 'took '}{EXPECTED_PACKETS[kind]}"
        f"{'' if index else ' packets' if kind is Kind.MESSAGE else ' packet'}"
        for index, (kind, _) in enumerate(judged)
    ]
    sentence = ", ".join(parts) + "."
    return Verdict(held=True, sentence=sentence[0].upper() + sentence[1:])


def _broken(judged: list[tuple[Kind, dict[int, PacketRow]]]) -> list[str]:
    return [
        _state_kept(kind, rows, first=not index)
        if _kept(kind, rows)
        else _state_broken(kind, rows, first=not index)
        for index, (kind, rows) in enumerate(judged)
    ]


def _state_kept(kind: Kind, rows: dict[int, PacketRow], *, first: bool) -> str:
    """Say that a kind kept the rule; the first sentence names the unit."""
    count = sum(row.exchanges for row in rows.values())
    subject = "The" if count == 1 else "Every"
    expected = EXPECTED_PACKETS[kind]
    took = plural(expected, "packet") if first else f"{expected}"
    return f"{subject} {_NOUNS[kind]} took {took}."


def _state_broken(kind: Kind, rows: dict[int, PacketRow], *, first: bool) -> str:
    """Say how many of a kind took the expected number, and what the others did."""
    expected, noun = EXPECTED_PACKETS[kind], _NOUNS[kind]
    unit = "packets" if expected > 1 else "packet"
    total = sum(row.exchanges for row in rows.values())
    if total == 1:
        return _state_single(kind, rows, first=first)
    as_expected = rows[expected].exchanges if expected in rows else 0
    others = {packets: row for packets, row in rows.items() if packets != expected}
    if not others:
        shared = rows[expected].shared
        what = "one" if expected > 1 else "it"
        return (
            f"Every {noun} took {expected} {unit}, but {shared:,} of {total:,} "
            f"shared {what} with others."
        )
    reason = _common_reason(others.values())
    if not as_expected:
        verb = reason or f"took {packet_range(others)}"
        return f"No {noun} took {expected} {unit}: all {total:,} {verb}."
    rest = f"{total - as_expected:,} took {packet_range(others)}"
    because = ": " + _BECAUSE[reason][total - as_expected > 1] if reason else ""
    kept = f"{as_expected:,} of {plural(total, noun)} took {expected} {unit}"
    return f"{kept}; {rest}{because}."


def _state_single(kind: Kind, rows: dict[int, PacketRow], *, first: bool) -> str:
    """Say what the only exchange of a kind took."""
    expected = EXPECTED_PACKETS[kind]
    ((packets, row),) = rows.items()
    took = plural(packets, "packet") if first else f"{packets:,}"
    if packets == expected:
        return f"The {_NOUNS[kind]} took {took}, shared with others."
    reason = _common_reason([row])
    because = f": {_BECAUSE[reason][0]}" if reason else ""
    return f"The {_NOUNS[kind]} took {took}, not {expected}{because}."


_BECAUSE = {
    "were streams": ("it is a stream", "they are streams"),
    "were split": ("it was split", "they were split"),
    "had no reply": ("it had no reply", "they had no reply"),
}
"""What was true of all → the same of one, and of several."""


def _common_reason(rows: Collection[PacketRow]) -> str:
    """Return what is true of all exchanges of some rows, if one thing is."""
    if any(row.plain for row in rows):
        return ""
    words = {word for row in rows for word in row.reasons if word not in _CIRCUMSTANCES}
    if words == {"stream"}:
        return "were streams"
    if words == {"split"}:
        return "were split"
    return "had no reply" if words == {"no reply"} else ""


def _name_reason(word: str, reasons: list[Reason], total: int) -> str:
    """Return a reason with its exchanges, and how many when it is not all of them."""
    handles = reasons[0].handles if len(reasons) == 1 else None
    count = sum(reason.handles.count for reason in reasons)
    which = handles.text(_NAMED, "#") if handles else f"{count:,} exchanges"
    some = f"{count:,} " if count < total else ""
    return f"{some}{_describe(word, reasons, count)}: {which}"


def _describe(word: str, reasons: list[Reason], count: int) -> str:
    if word == "stream":
        smallest = min(reason.smallest for reason in reasons)
        largest = max(reason.largest for reason in reasons)
        values = (
            f"{smallest:,}" if smallest == largest else f"{smallest:,} to {largest:,}"
        )
        return f"{'stream' if count == 1 else 'streams'} of {values}"
    if word == "split":
        splits = {split for reason in reasons for split in reason.splits}
        if len(splits) == 1:
            request, replies = splits.pop()
            parts = f"{request:,} + {replies:,}" if replies else f"over {request:,}"
            return f"split, {parts}"
    return word
