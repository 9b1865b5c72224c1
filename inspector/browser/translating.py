"""A filter as a condition of SQL, and texts to look for, as far as it is that.

What a row has in a column is compared there, which takes a thousandth of the time. The
rest is left to the filter itself, which then sees those alone for which the condition
holds: a condition never excludes an exchange that the filter chooses.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from lark import Token, Tree

from inspector.filters.compiler import Compiler
from inspector.filters.fields import vocabulary
from inspector.filters.literals import number, string
from inspector.filters.values import truth
from inspector.shorthand import short
from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

from .asking import OPTION
from .ordering import NO_ROUTE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .asking import Asked
    from .store import Store

_NUMBERS = {
    "number": "r.number",
    "connection": "r.connection",
    "time_ns": "r.time_ns",
    "time": "r.time",
    "latency_ns": "r.latency",
    "latency": "r.latency",
    "duration_ns": "r.duration",
    "duration": "r.duration",
    "packets": "r.packets",
    "request_bytes": "r.request_bytes",
    "reply_bytes": "r.reply_bytes",
    "bytes": "(r.request_bytes + r.reply_bytes)",
}
"""Word that is a number → its column."""
_WORDS = {"kind": "r.kind", "outcome": "r.outcome", "carrier": "r.carrier"}
"""Word that is one of a few strings → its column."""
_ENDS = {"client", "server"}
"""Words that are an end of a connection."""
_SIGNS = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_LARGEST = 1 << 62  # what a column can be compared with
_MOST_ENDS = 10_000  # connections whose addresses are looked through
_PLAIN = lazy_regex(r'[^\s":,{}\[\]\\\x00-\x1f\x7f-\x9f]+')
"""What JSON writes as it is, and no list otherwise than JSON."""
_RUN = lazy_regex(r"[A-Za-z0-9_.-]+")


class Sought(NamedTuple):
    """Where a word may be: for an exchange one of these holds.

    Attributes:
        routes: Numbers of routes that have it.
        connections: Numbers of connections with it in an address.
        words: Texts that are all in its payloads; one at least.
        escaped: Whether it may be in any payload that has escapes.
    """

    routes: frozenset[int]
    connections: frozenset[int]
    words: tuple[bytes, ...]
    escaped: bool


class Condition(NamedTuple):
    """What holds for every exchange that is asked for.

    Attributes:
        sql: A condition of SQL; empty for none.
        words: What else holds: something for each word that is sought.
        exact: Whether all of it holds for those alone that are asked for.
    """

    sql: str
    words: tuple[Sought, ...]
    exact: bool


def condition_of(asked: Asked, store: Store) -> Condition:
    """Return a condition that holds for every exchange that is asked for.

    Args:
        asked: What is asked for.
        store: The exchanges, whose routes and connections are looked through.
    """
    rows = [f"r.number = {w.number}" for w in asked.words if w.number is not None]
    sought = [word for word in asked.words if word.number is None]
    places = [_with_ends(word.text, store) for word in sought]
    exact = None not in places  # of very many connections each is asked
    words = []
    for word, ends in zip(sought, places, strict=True):
        if ends is not None:
            found, certain = _sought(word.text, ends, store)
            exact = exact and certain
            words += [found] if found.words else []
    for each in [] if asked.tree is None else _conjuncts(asked.tree):
        sql = _sql(each, store)
        exact = exact and sql is not None
        rows += [sql] if sql is not None else []
    return Condition(_all_of(rows), tuple(words), exact)


def _conjuncts(tree: Tree[Token]) -> list[Tree[Token]]:
    if tree.data == "both":
        return [part for each in _trees(tree) for part in _conjuncts(each)]
    return [tree]


def _trees(tree: Tree[Token]) -> Iterable[Tree[Token]]:
    return (each for each in tree.children if isinstance(each, Tree))


def _all_of(conditions: Iterable[str]) -> str:
    return " AND ".join(f"({each})" for each in conditions)


def _sql(tree: Tree[Token], store: Store) -> str | None:
    """Return the condition of a tree; None where it has none."""
    if tree.data in {"both", "either"}:
        parts = [_sql(each, store) for each in _trees(tree)]
        sign = " AND " if tree.data == "both" else " OR "
        return None if None in parts else sign.join(f"({each})" for each in parts)
    if tree.data == "negated":
        (child,) = _trees(tree)
        inner = _sql(child, store)
        return None if inner is None else f"NOT ({inner})"
    if tree.data == "compared":
        return _comparison(tree, store)
    return _membership(tree) if tree.data == "contained" else None


def _comparison(tree: Tree[Token], store: Store) -> str | None:
    left, token, right = tree.children
    sign = str(token)
    words = {_field(left), _field(right)}
    if isinstance(_literal(left) or _literal(right), str):
        if "route" in words:
            return _by_route(tree, store)
        if words & _ENDS:
            return _by_ends(tree, store)
    if _field(left) is None and _field(right) is not None:
        left, right, sign = right, left, _TURNED.get(sign, sign)
    name, operator = _field(left), _SIGNS.get(sign)
    value = _literal(right)
    if name is None or operator is None or value is None:
        return None
    column = _column(name, value)
    missing = 1 if sign == "!=" else 0
    return column and f"IFNULL({column} {operator} {_spelled(value)}, {missing})"


def _membership(tree: Tree[Token]) -> str | None:
    part, whole = tree.children
    name = _field(part)
    if name is None or not isinstance(whole, Tree) or whole.data != "array":
        return None
    values = [_literal(each) for each in whole.children]
    columns = {None if each is None else _column(name, each) for each in values}
    if len(columns) != 1 or (column := columns.pop()) is None:
        return None
    listed = ", ".join(_spelled(each) for each in values if each is not None)
    return f"IFNULL({column} IN ({listed}), 0)"


def _column(name: str, value: float | str) -> str | None:
    """Return the column of a word, if values like this one are compared with it."""
    if isinstance(value, str):
        return _WORDS.get(name)
    return _NUMBERS.get(name) if abs(value) < _LARGEST else None


def _field(node: Tree[Token] | Token) -> str | None:
    if isinstance(node, Tree) and node.data == "field":
        return str(node.children[0])
    return None


def _literal(node: Tree[Token] | Token) -> float | str | None:
    """Return the number or the string that a node is; None for all else."""
    if not isinstance(node, Tree):
        return None
    token = node.children[-1] if node.children else None
    if not isinstance(token, Token):
        return None
    if node.data == "string":
        return string(token)
    if node.data not in {"number", "signed"}:
        return None
    value = number(token, OPTION)
    return -value if str(node.children[0]) == "-" else value


def _spelled(value: float | str) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''").replace("\0", "") + "'"
    return repr(value)


def _by_route(tree: Tree[Token], store: Store) -> str:
    """Return the condition of what is judged by the route alone."""
    holds = Compiler(vocabulary(), OPTION).compile(tree)
    return _among_routes(store, lambda each: truth(holds(SimpleNamespace(route=each))))


def _by_ends(tree: Tree[Token], store: Store) -> str | None:
    """Return the condition of what is judged by an end of the connection alone.

    Where the server's end has asked, as a gateway does, the ends are turned round.
    """
    known = store.ends(_MOST_ENDS)
    if len(known) > _MOST_ENDS:
        return None
    compiled = Compiler(vocabulary(), OPTION).compile(tree)

    def holds(client: str, server: str) -> bool:
        ends = SimpleNamespace(client_text=client, server_text=server)
        return truth(compiled(ends))

    straight = [number for number, *ends in known if holds(*ends)]
    turned = [number for number, *ends in known if holds(*reversed(ends))]
    either = _one_of("r.connection", turned), _one_of("r.connection", straight)
    return f"CASE WHEN r.turned THEN {either[0]} ELSE {either[1]} END"


def _among_routes(store: Store, chosen: Callable[[str | None], bool]) -> str:
    known = [(NO_ROUTE, None), *store.routes()]
    return _one_of("r.route", [number for number, route in known if chosen(route)])


def _one_of(column: str, numbers: Iterable[int]) -> str:
    return f"{column} IN ({', '.join(map(str, numbers))})"


def _sought(text: str, ends: Iterable[int], store: Store) -> tuple[Sought, bool]:
    """Return where a text may be, and whether it is there for certain.

    Args:
        text: What is looked for.
        ends: The connections that have it in an address.
        store: The exchanges.
    """
    known = [(number, each) for number, each in store.routes() if _in_route(text, each)]
    plain = _PLAIN.fullmatch(text) is not None
    runs = [text] if plain else _RUN.findall(text)
    # What is written with escapes may hold it all the same; of a route that only has
    # its parts, the pattern may.
    doubtful = store.escaped or any(not _shown_in(text, each) for _, each in known)
    sought = Sought(
        frozenset(number for number, _ in known),
        frozenset(ends),
        tuple(each.encode("utf-8", "surrogatepass") for each in runs),
        store.escaped,
    )
    return sought, plain and not doubtful


def _in_route(text: str, route: str) -> bool:
    runs = _RUN.findall(text)
    parts = len(runs) > 0 and all(run in route for run in runs)
    return parts or _shown_in(text, route)


def _shown_in(text: str, route: str) -> bool:
    return text in route or text in short(route)


def _with_ends(text: str, store: Store) -> list[int] | None:
    """Return the connections with a text in an address; None where they are many."""
    ends = store.ends(_MOST_ENDS)
    if len(ends) > _MOST_ENDS:
        return None
    return [
        number for number, client, server in ends if text in client or text in server
    ]
