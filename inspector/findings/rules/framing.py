"""Rules about framing: lengths, bodies, and how they arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.words import duration, duration_range, plural, size

from .rule import Rule, Severity

if TYPE_CHECKING:
    from inspector.findings.groups import Fold

_LOSES = "Nest drops what it has read and closes the connection"


def _lost(fold: Fold) -> str:
    """Return what Nest loses besides the frame itself."""
    if not fold.size:
        return f"{_LOSES}."
    return f"{_LOSES}; {size(fold.size)} behind it are lost too."


def _unit_cause(fold: Fold) -> str:
    first = fold.first
    if first.subject == "UTF-8 bytes":
        deed = (
            "Nest waits for more than the frame has, takes it from the next frame, "
            "loses both and closes the connection."
        )
    else:
        deed = "Nest cuts the body short, finds no JSON and closes the connection."
    where = f", first in {fold.named_exchanges()}" if first.route else ""
    return (
        f"The {first.sender} counts {first.subject}{where}: {first.detail} "
        f"UTF-16 code units. ASCII is the same in both, so it shows only here. {deed} "
        f"{fold.packets()}"
    )


def _stall_cause(fold: Fold) -> str:
    first, limit = fold.first, fold.first.nest.incomplete_timeout_ns
    what = (
        "Blanks behind a frame count as the beginning of the next"
        if first.subject == "blanks"
        else f"{size(first.size)} of a frame came, and the rest did not"
    )
    if limit is None:
        deed = f"Nest {first.nest.major} waits for ever."
    else:
        deed = f"Nest {first.nest.major} drops a connection after {duration(limit)}."
    silence = duration_range(fold.shortest_ns, fold.longest_ns)
    return f"{what}, for {silence}. {deed} {fold.packets()}"


def _crowd_cause(fold: Fold) -> str:
    return (
        f"{fold.size:,} frames came at once (CVE-2026-40879). Nest up to 11.1.18 calls "
        "itself for each of them until its stack is full: 8 and later close the "
        "connection, 7 ends the process. From 11.1.19 on all are read. "
        f"{fold.packets()}"
    )


RULES = {
    "length-unit": Rule(
        Severity.ERROR,
        lambda finding: (
            f"the {finding.sender} counts lengths in {finding.subject}: "
            f"{finding.detail} UTF-16 code units"
        ),
        lambda fold: f"lengths in {fold.first.subject}",
        _unit_cause,
        lambda _: (
            "count UTF-16 code units, as JavaScript does, or escape all but ASCII"
        ),
    ),
    "corrupted-length": Rule(
        Severity.ERROR,
        lambda finding: f"{finding.detail} from the {finding.sender}",
        lambda fold: plural(fold.count, "frame") + " with a corrupted length",
        lambda fold: (
            f"The {fold.first.sender} sent a {fold.first.detail}. "
            f"{_lost(fold)} {fold.packets()}"
        ),
        lambda _: (
            "the length in UTF-16 code units as a decimal number, then # and the JSON"
        ),
    ),
    "invalid-json": Rule(
        Severity.ERROR,
        lambda finding: f"{finding.detail} from the {finding.sender}",
        lambda fold: plural(fold.count, "frame") + " whose body is not JSON",
        lambda fold: (
            f"{fold.first.detail.capitalize()}. {_lost(fold)} {fold.packets()}"
        ),
        lambda _: (
            "the length in UTF-16 code units; it is often the length that is wrong"
        ),
    ),
    "buffer-limit": Rule(
        Severity.ERROR,
        lambda finding: f"{finding.detail} from the {finding.sender}",
        lambda fold: plural(fold.count, "frame") + " above Nest's buffer limit",
        lambda fold: (
            f"{fold.first.detail}. Nest drops them and closes the connection. "
            f"{fold.packets()}"
        ),
        lambda _: "smaller messages, or the option maxBufferSize",
    ),
    "many-frames": Rule(
        Severity.NOTE,
        lambda finding: f"{finding.size:,} frames from the {finding.sender} at once",
        lambda fold: f"{fold.size:,} frames at once",
        _crowd_cause,
        lambda _: "Nest 11.1.19 or later; no client of Nest writes such frames",
    ),
    "large-frame": Rule(
        Severity.WARNING,
        lambda finding: f"a frame of {size(finding.size)} from the {finding.sender}",
        lambda fold: plural(fold.count, "frame") + " close to Nest's buffer limit",
        lambda fold: (
            f"{size(fold.size)} in all. Above 134,217,728 UTF-16 code units, what is "
            "behind the frame included, Nest drops it and closes the connection. "
            + fold.packets()
        ),
        lambda _: "smaller messages, or the option maxBufferSize",
    ),
    "stalled-frame": Rule(
        Severity.WARNING,
        lambda finding: (
            ("blanks" if finding.subject == "blanks" else "part of a frame")
            + f" from the {finding.sender}, then nothing for "
            + duration(finding.duration_ns)
        ),
        lambda fold: (
            plural(fold.count, "time")
            + (
                " blanks behind a frame"
                if fold.first.subject == "blanks"
                else " a frame without its rest"
            )
        ),
        _stall_cause,
        lambda _: (
            "the whole frame at once, with the length in UTF-16 code units and no blank"
        ),
    ),
    "runs-after-error": Rule(
        Severity.WARNING,
        lambda finding: f"{finding.route or 'a packet'} came after an unreadable frame",
        lambda fold: plural(fold.count, "connection") + " that went on after an error",
        lambda fold: (
            "Nest has closed its side after the unreadable frame, but still reads: "
            f"handlers run, and their replies go nowhere. {fold.packets()}"
        ),
        lambda _: "connect anew after an error; do not count on its having no effect",
    ),
    "unknown-packet": Rule(
        Severity.NOTE,
        lambda finding: f"JSON that is no packet of Nest's: {finding.detail}",
        lambda fold: plural(fold.count, "frame") + " with JSON that is no packet",
        lambda fold: (
            f"The {fold.first.sender} sent {fold.first.detail}. Nest passes over it. "
            f"{fold.packets()}"
        ),
        lambda _: "an object with pattern and data, or id and response",
    ),
}
