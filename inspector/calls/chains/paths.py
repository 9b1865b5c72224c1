"""What took the time of a tree: its critical path, and what each carrier carried.

The critical path is found from the end: what ended last held up what it was made for,
what ended last before that began held up that, and so on.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .trees import Node


class Waiting(NamedTuple):
    """How long one exchange waited for another that was made for its sake."""

    node: Node
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
    calls = [
        each
        for each in node.children
        if each.kind is Kind.MESSAGE
        and not each.doubtful
        and node.begin_ns <= each.begin_ns <= each.end_ns <= node.end_ns
    ]
    if node.kind is not Kind.MESSAGE or not calls:
        return None
    longest = max(calls, key=lambda each: each.end_ns - each.begin_ns)
    return Waiting(longest, longest.end_ns - longest.begin_ns)


def cause_of(node: Node) -> Node | None:
    """Return the call that failed before an exchange did, the innermost; None for none.

    It was made for its sake, was over before that failed, and has no such call itself.
    """
    if not node.failed:
        return None
    cause = None
    while True:
        failed = [
            each
            for each in node.children
            if each.failed and not each.doubtful and each.end_ns <= node.end_ns
        ]
        if not failed:
            return cause
        node = cause = max(failed, key=lambda each: each.end_ns)


def repeated(node: Node) -> tuple[str, int]:
    """Return the call that an exchange makes most often, and how often."""
    counts = Counter(
        (each.carrier, each.route)
        for each in node.children
        if each.kind is Kind.MESSAGE and not each.doubtful
    )
    (key, count), *_ = counts.most_common(1) or [(("", ""), 0)]
    return key[1], count


def carried(root: Node) -> dict[str, int]:
    """Return carrier → packets of a tree, in order of appearance."""
    counts: dict[str, int] = {}
    for _, node in root.walk():
        if not node.doubtful:
            counts[node.carrier] = counts.get(node.carrier, 0) + node.packets
    return counts


def one_after_another(node: Node) -> Sequence[Node]:
    """Return the calls of an exchange each of which began when the last was over."""
    calls = [
        each
        for each in node.children
        if each.kind is Kind.MESSAGE and not each.doubtful
    ]
    run: list[Node] = []
    for each in calls:
        if run and each.begin_ns < run[-1].end_ns:
            return []
        run.append(each)
    return run if len(run) > 1 else []
