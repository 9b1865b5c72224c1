"""A request with all that it caused: one tree with a time axis.

::

    Chain                 over        ms  0         5.07 ms  packets  by
    #7 rsumAck [7,8,9]    Socket.IO  5.05 ━━━━━━━━━━━━━━━━━        2
    └─ #8 sum [7,8,9]     RabbitMQ   2.38      ━━━━━━━━            6  data

What the end waited for is drawn with a heavy line: the critical path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.chains.paths import (
    carried,
    cause_of,
    critical_path,
    longest_wait,
    needless_wait,
    repeated,
)
from inspector.calls.exchanges import Kind
from inspector.shorthand import short
from inspector.words import duration, listing, plural, times
from protocol import UNDEFINED, JsonText

from .chain_table import called, shortened, sum_of
from .layout import Cell, Column, Listing, table_lines
from .prose import wrapped
from .rendering import align_decimals, carrier_title, milliseconds, safe, short_text
from .text import Text
from .theme import PROSE_WIDTH, UNCUT, show, table_width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rich.console import Console

    from inspector.calls.chains.paths import Needless, Repeated
    from inspector.calls.chains.trees import Node
    from inspector.views.layout import Row

_WIDE = 110
"""From this width on the time axis has more room."""
_NARROW_AXIS, _WIDE_AXIS = 18, 36
_SAMPLE = 100  # chains that decide about the layout of a list
_MOST_PERCENT = 99.5


def print_chain(console: Console, root: Node) -> None:
    """Print a tree, what took its time, and the sum."""
    width = table_width(console)
    for line in tree_lines(root, width):
        show(console, line)
    show(console, Text())
    for sentence in chain_sentences(root):
        for line in wrapped(sentence, min(console.width, PROSE_WIDTH), 0, hanging=2):
            show(console, line)


def tree_lines(
    root: Node, width: int, at: Callable[[Node], str] | None = None
) -> Iterator[Text]:
    """Yield the lines of a tree.

    Args:
        root: What began it.
        width: Cells of a line.
        at: Returns who served an exchange; None where that is not shown.
    """
    axis = _WIDE_AXIS if _WIDE <= width < UNCUT else _NARROW_AXIS
    begin_ns, span_ns = root.begin_ns, root.until_ns - root.begin_ns
    critical = critical_path(root)
    drawn = list(_drawn(root))
    figures = align_decimals([_figure(node) for _, node in drawn])
    over = [Cell(carrier_title(node.carrier), "muted") for _, node in drawn]
    rows = [
        [
            Cell(branch + _label(node), _style(node)),
            *([] if at is None else [Cell(safe(at(node)), "server")]),
            carrier,
            Cell(figure, "error" if node.failed else ""),
            Cell(_bar(node, begin_ns, span_ns, axis, heavy=node.number in critical)),
            Cell(f"{node.packets:,}"),
            Cell(_proof(node), "warning" if node.doubtful else "muted"),
        ]
        for (branch, node), figure, carrier in zip(drawn, figures, over, strict=True)
    ]
    whole = duration(span_ns)
    columns = [
        Column("Chain", flexible=18),
        *([] if at is None else [Column("at", flexible=8, is_name=True)]),
        Column("over"),
        Column("ms", right=True),
        Column(f"0{whole:>{axis - 1}}"),
        Column("packets", right=True),
        Column("by"),
    ]
    yield from table_lines(columns, rows, width)


def chain_sentences(root: Node) -> Iterator[Text]:
    """Yield what is said below a tree: the sum, what failed, who waited for whom."""
    yield Text(sum_of(root.route, {tuple(carried(root).items()): 1}), "answer")
    for _, node in root.walk():
        yield from _said_of(node)
    if root.uncertain:
        others = plural(root.uncertain, "other exchange")
        said = f"{others} may belong to it: --doubtful shows them, marked ?."
        yield Text(said, "muted")


def _said_of(node: Node) -> Iterator[Text]:
    """Yield what is said of one exchange of a tree."""
    cause = cause_of(node)
    if cause is not None:
        why = f", “{shortened(safe(cause.error))}”" if cause.error else ""
        said = f"#{node.number} failed after {_named(cause)} had failed for it{why}."
        yield Text.assemble(("✗ ", "error"), said)
    for several in repeated(node):
        yield Text(_repeated(node, several))
    needless = needless_wait(node)
    if needless is not None:
        yield Text(_needless(node, needless))
    waiting = longest_wait(node)
    if waiting is not None:
        whole_ns = node.end_ns - node.begin_ns
        share = 100 * waiting.waited_ns / whole_ns if whole_ns else 0
        percent = ", nearly all" if share > _MOST_PERCENT else f", {share:.0f} %"
        yield Text(
            f"#{node.number} waited {duration(waiting.waited_ns)} of "
            f"{duration(whole_ns)}{percent}, for {_named(waiting.node)}."
        )


def _repeated(node: Node, several: Repeated) -> str:
    """Return what is said of a call that an exchange makes several times."""
    calls = several.calls
    order = ", one after another" if several.in_turn else ""
    data = " with the same data" if several.alike else ""
    spent = duration(several.spent_ns)
    name = called(calls[0].route)
    made = f"#{node.number} made the call {name} {times(len(calls))}"
    return f"{made}{data}{order}: {spent}."


def _needless(node: Node, needless: Needless) -> str:
    """Return what is said of independent calls that waited for one another."""
    names = listing(list(map(called, needless.routes)))
    saved = duration(needless.saved_ns)
    return (
        f"#{node.number} made the independent calls {names} one after another: "
        f"at once, they would have taken up to {saved} less."
    )


def print_chains(console: Console, roots: Iterable[Node]) -> int:
    """Print a line for each tree; return how many there are."""
    ahead: list[Node] = []
    count, listed = 0, None
    for root in roots:
        count += 1
        if listed is not None:
            listed.print(_row(root))
            continue
        ahead.append(root)
        if len(ahead) == _SAMPLE:
            listed = _begun(console, ahead)
    if listed is None and ahead:
        _begun(console, ahead)
    return count


def _begun(console: Console, roots: Sequence[Node]) -> Listing:
    rows = [_row(root) for root in roots]
    listed = Listing(console, _LISTED, rows)
    for row in rows:
        listed.print(row)
    return listed


_LISTED = [
    Column("#", right=True),
    Column("chain", flexible=10, is_name=True),
    Column("calls", flexible=12),
    Column("ms", right=True),
    Column("packets", right=True),
    Column("over", flexible=9),
    Column("failed"),
]


def _row(root: Node) -> Row:
    others = [node for _, node in root.walk()][1:]
    names: dict[str, int] = {}
    for node in others:
        name = safe(short(node.route))
        names[name] = names.get(name, 0) + 1
    calls = ", ".join(
        name if count == 1 else f"{count}× {name}" for name, count in names.items()
    )
    cause = cause_of(root)
    by = f"by #{cause.number}" if cause else "yes" if root.failed else ""
    counts = carried(root)
    return [
        Cell(f"#{root.number}"),
        Cell(safe(short(root.route)), "route"),
        Cell(calls),
        Cell(milliseconds(root.until_ns - root.begin_ns)),
        Cell(f"{sum(counts.values()):,}"),
        Cell(", ".join(map(carrier_title, counts)), "muted"),
        Cell(by, "error"),
    ]


def _drawn(root: Node) -> Iterator[tuple[str, Node]]:
    """Yield the exchanges of a tree, each with the branch before it."""
    waiting: list[tuple[str, str, Node]] = [("", "", root)]
    while waiting:
        before, branch, node = waiting.pop()
        yield before + branch, node
        before += {"": "", "├─ ": "│  ", "└─ ": "   "}[branch]
        last = len(node.children) - 1
        waiting += [
            (before, "└─ " if place == last else "├─ ", child)
            for place, child in reversed(list(enumerate(node.children)))
        ]


def _label(node: Node) -> str:
    data = short_text(JsonText(node.data) if _is_whole(node) else UNDEFINED)
    name = safe(short(node.route)) or "reply without its request"
    return f"#{node.number} {name} {data}".rstrip()


def _is_whole(node: Node) -> bool:
    return 0 < len(node.data) < _LONGEST_DATA


_LONGEST_DATA = 512


def _named(node: Node) -> str:
    return f"#{node.number} {called(node.route)}"


def _style(node: Node) -> str:
    return "error" if node.failed else "" if node.parent else "route"


def _figure(node: Node) -> str:
    if node.kind is Kind.EVENT:
        return "event"
    answered = node.end_ns > node.begin_ns
    return milliseconds(node.end_ns - node.begin_ns) if answered else "no reply"


def _proof(node: Node) -> str:
    if node.doubtful:
        return "?"
    return "" if node.evidence is None else node.evidence.value.replace("_", " ")


def _bar(node: Node, begin_ns: int, span_ns: int, width: int, *, heavy: bool) -> str:
    """Return an exchange on the time axis."""
    first = _place(node.begin_ns - begin_ns, span_ns, width)
    last = _place(node.end_ns - begin_ns, span_ns, width)
    glyph = "━" if heavy else "─"
    if node.kind is Kind.EVENT:
        return " " * first + "╸"
    return " " * first + glyph * (last - first + 1)


def _place(time_ns: int, span_ns: int, width: int) -> int:
    if span_ns <= 0:
        return 0
    return max(0, min(width - 1, time_ns * width // span_ns))
