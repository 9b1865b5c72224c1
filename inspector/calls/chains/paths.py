"""What took the time of a tree: its critical path, and what each carrier carried.

The critical path is found from the end: what ended last held up what it was made for,
what ended last before that began held up that, and so on.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .trees import Node


OFTEN = 3
"""Times that a request makes the same call, from which on that is worth a word."""
LEAST_SAVED_NS, LEAST_SAVED = 1_000_000, 0.1
"""What it has to cost that independent calls wait for one another, and the share of the
time of their request."""


class Repeated(NamedTuple):
    """A call that one exchange makes several times."""

    calls: list[Node]

    @property
    def spent_ns(self) -> int:
        """How long at least one of them was under way."""
        total, until_ns = 0, 0
        for each in self.calls:
            total += max(0, each.end_ns - max(each.begin_ns, until_ns))
            until_ns = max(until_ns, each.end_ns)
        return total

    @property
    def in_turn(self) -> bool:
        """Whether each of them began when the last was over."""
        return all(last.end_ns <= each.begin_ns for last, each in pairwise(self.calls))

    @property
    def alike(self) -> bool:
        """Whether all of them ask the same, as far as their data is kept whole."""
        return len({each.data for each in self.calls}) == 1 and self.calls[0].is_whole


class Waiting(NamedTuple):
    """How long one exchange waited for another that was made for its sake."""

    node: Node
    waited_ns: int


class Needless(NamedTuple):
    """What an exchange waited for without need.

    Attributes:
        routes: The calls that waited for one another, each once; of many, the first.
        saved_ns: How much less it would wait if each began once its data was there …
        waited_ns: … of so much.
    """

    routes: list[str]
    saved_ns: int
    waited_ns: int


def critical_path(root: Node) -> frozenset[int]:
    """Return the numbers of the exchanges that the end of a tree waited for."""
    path = {root.number}
    waiting = [(root, root.until_ns)]
    while waiting:
        node, until_ns = waiting.pop()
        for child in _held_up(node, until_ns):
            path.add(child.number)
            waiting.append((child, child.until_ns))
    return frozenset(path)


def _held_up(node: Node, until_ns: int) -> Iterator[Node]:
    """Yield the children that one waited for, the last first."""
    for child in sorted(node.children, key=lambda each: -each.until_ns):
        if child.until_ns <= until_ns and not child.doubtful:
            yield child
            until_ns = child.begin_ns


def longest_wait(node: Node) -> Waiting | None:
    """Return the call of an exchange that took longest while that waited for it.

    None where it made none, or did not wait: it is an event, or has no reply.
    """
    calls = [each for each in node.children if node.waits_for(each)]
    if not calls:
        return None
    longest = max(calls, key=lambda each: each.end_ns - each.begin_ns)
    return Waiting(longest, longest.end_ns - longest.begin_ns)


def waited_on(node: Node, share: float) -> Waiting | None:
    """Return the call that an exchange waited for, for so much of its time, and longer.

    Where that did nothing but wait for another one itself, it is that, and so on.
    """
    least_ns = share * (node.end_ns - node.begin_ns)
    found = None
    while (wait := longest_wait(node)) and wait.waited_ns >= least_ns:
        found, node = wait, wait.node
    return found


def cause_of(node: Node) -> Node | None:
    """Return the call that failed before an exchange did, the innermost; None for none.

    It was made for its sake, was over before that failed, and has no such call itself.
    """
    if not node.failed:
        return None
    cause = None
    while True:
        failed = _failed_in(node)
        if not failed:
            return cause
        node = cause = max(failed, key=lambda each: each.end_ns)


def _failed_in(node: Node) -> list[Node]:
    """Return what failed of what was made for an exchange, before that was over."""
    return [
        each
        for each in node.children
        if each.failed and not each.doubtful and each.end_ns <= node.end_ns
    ]


def reason_of(node: Node) -> Node | None:
    """Return the call that failed before an exchange did, if nothing came after it.

    Where one goes on, and makes other calls, the failure was no reason to fail.
    """
    cause = cause_of(node)
    above = node
    while cause is not None and above is not cause:
        failed = max(_failed_in(above), key=lambda each: each.end_ns)
        if any(each.begin_ns > failed.end_ns for each in above.children):
            return None
        above = failed
    return cause


def repeated(node: Node) -> list[Repeated]:
    """Return the calls that an exchange makes several times, the most frequent first.

    One that failed is left out: who calls once more after that tries again.
    """
    found: dict[tuple[str, str], list[Node]] = {}
    for each in node.children:
        if each.is_call and not each.failed:
            found.setdefault((each.carrier, each.route), []).append(each)
    several = [Repeated(calls) for calls in found.values() if len(calls) >= OFTEN]
    return sorted(several, key=lambda each: -len(each.calls))


def carried(root: Node) -> dict[str, int]:
    """Return carrier → packets of a tree, in order of appearance."""
    counts: dict[str, int] = {}
    for _, node in root.walk():
        if not node.doubtful:
            counts[node.carrier] = counts.get(node.carrier, 0) + node.packets
    return counts


def needless_wait(node: Node) -> Needless | None:
    """Return what independent calls of an exchange cost since each waited for the last.

    None where that is next to nothing: less than 1 ms, or a tenth of its time.
    """
    steps, whole_ns = node.steps, node.end_ns - node.begin_ns
    if steps is None or not steps.waits:
        return None
    saved_ns = steps.saved_ns
    if saved_ns < max(LEAST_SAVED_NS, LEAST_SAVED * whole_ns):
        return None
    routes = [route for _, route in steps.needless]
    return Needless(routes, saved_ns, steps.waited_ns)
