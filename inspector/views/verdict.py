"""The verdict: what the counts of packets say, in a sentence per carrier, and why.

Everything here is derived from the rows of the report, which are derived from the
segments. No sentence knows what a message ought to take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.costs import has_streams, plain_cost, plain_words
from inspector.calls.exchanges import Kind
from inspector.calls.reasons import REASONS
from inspector.words import nouns, plural
from protocol.named_tuple import NamedTuple

from .rendering import carrier_title

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from inspector.figures.report import Report
    from inspector.figures.rows import PacketRow, Reason

_NOUNS = {Kind.MESSAGE: "message call", Kind.EVENT: "event"}
_UNEXPECTED = "reply without its request"
_CIRCUMSTANCES = {"shared", "retransmitted", "in flight"}
"""Reasons that do not change the number of packets."""
_ONE_SIDE = "one side"
_OF_FAN_OUT = {"fan-out", "surplus", "overheard", "merged", "stream"}
"""That a request goes to several handlers, and what comes of it."""
_OF_DEATH = {"dead letter", "surplus", "merged", "stream"}
"""The same of one that a queue did not keep."""
_NAMED = 4


class Verdict(NamedTuple):
    """A sentence, and whether the rule that it states held for all."""

    held: bool
    sentence: str


class _Group(NamedTuple):
    """The exchanges of a carrier that are of one kind.

    Attributes:
        noun: What one of them is called.
        rows: Number of packets → those that took it, where any of them is over.
        expected: How many packets they should take: one number, unless the carrier
            needs more for some than for others.
        lacking: Which side of a broker none of them has in the capture; else nothing.
    """

    noun: str
    rows: dict[int, PacketRow]
    expected: list[int]
    lacking: str = ""

    @property
    def wanted(self) -> str:
        """How many packets they should take, in words."""
        return packet_range(self.expected)

    @property
    def unit(self) -> str:
        """What these are, in the right number."""
        return "packet" if self.expected == [1] else "packets"

    @property
    def total(self) -> int:
        """How many exchanges are over."""
        return sum(row.judged for row in self.rows.values())

    @property
    def shared(self) -> int:
        """How many of them shared a packet with another exchange."""
        return sum(row.shared for row in self.rows.values())

    @property
    def others(self) -> dict[int, PacketRow]:
        """The rows of those that took another number than they should."""
        return {
            packets: row
            for packets, row in self.rows.items()
            if row.as_expected < row.judged
        }

    @property
    def kept(self) -> bool:
        """Whether all took what they should, and no packet was shared."""
        return not self.others and not self.shared


def judge(report: Report) -> list[Verdict]:
    """Return the verdict for each carrier, in order of appearance.

    A carrier without a message and without an event has none. That of TCP does not
    name it where there is no other.
    """
    carriers = report.carriers
    verdicts = []
    for carrier in carriers:
        groups = [_group(report, carrier, kind) for kind in _NOUNS]
        judged = [group for group in groups if group.expected]
        if judged and has_streams(carrier):
            verdicts.append(_as_messages(judged[0], carrier))
        elif judged:
            over = "" if carriers == ["tcp"] else f"Over {carrier_title(carrier)} "
            verdicts.append(_verdict(judged, over))
    return verdicts


def _as_messages(calls: _Group, carrier: str) -> Verdict:
    """Return what calls took that take as many packets as they have messages."""
    every = "the" if calls.total == 1 else "every"
    took = packet_range(calls.rows)
    sentence = (
        f"Over {carrier_title(carrier)} {every} {calls.noun} took {took} packets: one "
        "for each message, as a rule, and one for the end."
    )
    return Verdict(held=True, sentence=sentence)


def _group(report: Report, carrier: str, kind: Kind) -> _Group:
    rows = {
        packets: row
        for (own, each, packets), row in sorted(report.packet_rows.items())
        if own == carrier and each is kind and row.judged
    }
    expected = {number for row in rows.values() for number in row.expected}
    plain = plain_cost(carrier, kind)
    if rows and not expected and plain is not None:  # as a stream, or one side
        expected = {plain.packets}
    one_sided = all(
        set(row.reasons) - _CIRCUMSTANCES == {_ONE_SIDE} and not row.plain
        for row in rows.values()
    )
    lacking = _lacking_side(report, carrier) if one_sided else ""
    return _Group(_NOUNS[kind], rows, sorted(expected), lacking)


def _lacking_side(report: Report, carrier: str) -> str:
    """Return which side of the brokers of a carrier was not captured."""
    roles = report.traffic.roles[carrier]
    if not roles.answers:
        return "the handler's side was not captured"
    if not roles.asks:
        return "the caller's side was not captured"
    return "the rest was not captured"


def _verdict(judged: Sequence[_Group], over: str) -> Verdict:
    held = all(group.kept for group in judged)
    if held:
        words = _kept_sentence(judged)
    elif len({group.lacking for group in judged}) == 1 and judged[0].lacking:
        words = _one_sided_sentence(judged)
    else:
        words = " ".join(_broken(judged))
    if not over:
        return Verdict(held, words)
    return Verdict(held, over + words[0].lower() + words[1:])


def why(carrier: str, kind: Kind, rows: Sequence[PacketRow]) -> str:
    """Return why the exchanges of some rows took what they took."""
    total = sum(row.exchanges for row in rows)
    named = []
    for word in REASONS:
        found = [row.reasons[word] for row in rows if word in row.reasons]
        if found and word != "orphan":
            named.append(_name_reason(word, found, total))
    usual = next((row.words for row in rows if row.words), "")
    words = usual or plain_words(carrier, kind) or _UNEXPECTED
    return "; ".join(named) or words


def packet_range(numbers: Iterable[int]) -> str:
    """Return ``3``, ``3 or 6``, or ``3 to 9``."""
    ordered = sorted(numbers)
    if len(ordered) == 1:
        return f"{ordered[0]:,}"
    word = "or" if len(ordered) == 2 else "to"  # noqa: PLR2004
    return f"{ordered[0]:,} {word} {ordered[-1]:,}"


def _kept_sentence(judged: Sequence[_Group]) -> str:
    first, *more = judged
    parts = [f"Every {first.noun} took {first.wanted} {first.unit}"]
    parts += [f"every {group.noun} {group.wanted}" for group in more]
    return ", ".join(parts) + "."


def _one_sided_sentence(judged: Sequence[_Group]) -> str:
    """Say what exchanges took of which the capture has one side of a broker."""
    parts = []
    for index, group in enumerate(judged):
        subject = "the" if group.total == 1 else "every"
        took = " took" if not index else ""
        unit = " packets here" if not index else ""
        parts.append(
            f"{subject} {group.noun}{took} {packet_range(group.rows)} "
            f"of its {group.wanted}{unit}"
        )
    words = ", ".join(parts)
    return f"{words[0].upper()}{words[1:]}; {judged[0].lacking}."


def _broken(judged: Sequence[_Group]) -> list[str]:
    return [
        _state_kept(group, first=not index)
        if group.kept
        else _state_broken(group, first=not index)
        for index, group in enumerate(judged)
    ]


def _state_kept(group: _Group, *, first: bool) -> str:
    """Say that a kind kept the rule; the first sentence names the unit."""
    subject = "The" if group.total == 1 else "Every"
    unit = f" {group.unit}" if first else ""
    return f"{subject} {group.noun} took {group.wanted}{unit}."


def _state_broken(group: _Group, *, first: bool) -> str:
    """Say how many of a kind took the expected number, and what the others did."""
    if group.lacking:
        return _one_sided_sentence([group])
    noun, total, others = group.noun, group.total, group.others
    wanted = f"{group.wanted} {group.unit}"
    if total == 1:
        return _state_single(group, first=first)
    if not others:
        what = "it" if group.expected == [1] else "one"
        return (
            f"Every {noun} took {wanted}, but {group.shared:,} of {total:,} "
            f"shared {what} with others."
        )
    reason = _common_reason(others.values())
    as_expected = sum(row.as_expected for row in group.rows.values())
    if not as_expected:
        verb = reason or f"took {packet_range(others)}"
        return f"No {noun} took {wanted}: all {total:,} {verb}."
    rest = f"{total - as_expected:,} took {packet_range(others)}"
    because = ": " + _BECAUSE[reason][total - as_expected > 1] if reason else ""
    kept = f"{as_expected:,} of {plural(total, noun)} took {wanted}"
    return f"{kept}; {rest}{because}."


# decision 46: The verdict on one exchange names its number
def _state_single(group: _Group, *, first: bool) -> str:
    """Say what the only exchange of a kind took."""
    ((packets, row),) = group.rows.items()
    took = plural(packets, "packet") if first else f"{packets:,}"
    if row.as_expected:
        return f"The {group.noun} took {took}, shared with others."
    reason = _common_reason([row])
    because = f": {_BECAUSE[reason][0]}" if reason else ""
    return f"The {group.noun} took {took}, not {group.wanted}{because}."


_BECAUSE = {
    "were streams": ("it is a stream", "they are streams"),
    "were split": ("it was split", "they were split"),
    "were written in parts": ("it was written in parts", "they were written in parts"),
    "had no reply": ("it had no reply", "they had no reply"),
    "lack a direction": ("it lacks a direction", "they lack a direction"),
    "went to several handlers": (
        "it went to several handlers",
        "they went to several handlers",
    ),
    "found nobody subscribed": ("nobody had subscribed", "nobody had subscribed"),
    "had been retained": ("it had been retained", "they had been retained"),
    "became dead letters": ("it became a dead letter", "they became dead letters"),
    "lack other hops": (
        "no other hop of it was captured",
        "no other hop of them was captured",
    ),
}
"""What was true of all → the same of one, and of several."""
_COMMON = {
    "stream": "were streams",
    "split": "were split",
    "apart": "were written in parts",
    "one direction": "lack a direction",
    "no reply": "had no reply",
    "nobody subscribed": "found nobody subscribed",
    "retained": "had been retained",
    _ONE_SIDE: "lack other hops",
}
"""A reason that all have → what is true of all."""


def _common_reason(rows: Collection[PacketRow]) -> str:
    """Return what is true of all exchanges of some rows, if one thing is."""
    if any(row.plain for row in rows):
        return ""
    words = {word for row in rows for word in row.reasons if word not in _CIRCUMSTANCES}
    if "fan-out" in words and words <= _OF_FAN_OUT:
        return "went to several handlers"
    if "dead letter" in words and words <= _OF_DEATH:
        return "became dead letters"
    return _COMMON.get(words.pop(), "") if len(words) == 1 else ""


def _name_reason(word: str, reasons: list[Reason], total: int) -> str:
    """Return a reason with its exchanges, and how many when it is not all of them."""
    numbers = reasons[0].numbers if len(reasons) == 1 else None
    count = sum(reason.numbers.count for reason in reasons)
    which = numbers.text(_NAMED, "#") if numbers else f"{count:,} exchanges"
    some = f"{count:,} " if count < total else ""
    return f"{some}{_describe(word, reasons, count)}: {which}"


def _describe(word: str, reasons: list[Reason], count: int) -> str:
    if word == "stream":
        smallest = min(reason.smallest for reason in reasons)
        largest = max(reason.largest for reason in reasons)
        values = (
            f"{smallest:,}" if smallest == largest else f"{smallest:,} to {largest:,}"
        )
        return f"{nouns(count, 'stream')} of {values}"
    if word == "split":
        splits = {split for reason in reasons for split in reason.splits}
        if len(splits) == 1:
            request, replies = splits.pop()
            parts = f"{request:,} + {replies:,}" if replies else f"over {request:,}"
            return f"split, {parts}"
    return f"{word} at the end" if word == "in flight" else word
