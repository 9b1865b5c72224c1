"""Small changes of a module, each of which some test should notice.

=====================  =====================================================
what is changed        into
=====================  =====================================================
``a < b``              ``a <= b``, and so on for every comparison
``a and b``            ``a or b``, and the other way round
``not a``              ``a``
``if a:``              ``if not a:``; also ``while``, ``a if b else c``, ``for … if``
``7``, ``1.5``         one more, one less
``True``               ``False``, and the other way round
``a + b``, ``a += b``  ``a - b``, and so on for every operator
``return a``           ``return None``
``a = b``, ``a()``     ``pass``; also ``raise``, ``del``, ``break``, ``continue``
``def f(a=B)``         ``def f(a=None)``
=====================  =====================================================

Left alone is what no test can notice: annotations, docstrings, imports for types alone,
``__slots__``, and assertions, which state what the type checker cannot see.
"""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
}
_OPPOSITE = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)
_DELETED = (
    ast.Assign,
    ast.AugAssign,
    ast.AnnAssign,
    ast.Raise,
    ast.Delete,
    ast.Break,
    ast.Continue,
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Mutant(NamedTuple):
    """One change of a module.

    Attributes:
        line: Where it is, from 1.
        function: The qualified name of the function or class that it is in, or "".
        text: That line as it was, without its indentation.
        change: What is changed into what, as source.
        source: The whole module, changed.
    """

    line: int
    function: str
    text: str
    change: str
    source: str


def mutants(source: str) -> list[Mutant]:
    """Return all changes of a module, in the order of their lines, each once."""
    lines = source.encode().splitlines(keepends=True)
    found: dict[str, Mutant] = {}
    for function, old, new in _Changes().of(ast.parse(source)):
        changed = _replaced(lines, old, new)
        change = f"{_shown(old)} → {_shown(new)}"
        text = lines[old.lineno - 1].decode().strip()
        mutant = Mutant(old.lineno, function, text, change, changed)
        if changed != source:
            found.setdefault(changed, mutant)
    return sorted(found.values(), key=lambda mutant: mutant.line)


def _shown(node: ast.AST) -> str:
    return ast.unparse(node).partition("\n")[0]


def _replaced(lines: list[bytes], old: _Placed, new: ast.AST) -> str:
    """Return the text of a module with one node replaced; lines keep their numbers."""
    first, last = old.lineno - 1, (old.end_lineno or old.lineno) - 1
    head = lines[first][: old.col_offset]
    tail = lines[last][old.end_col_offset :]
    text = ast.unparse(new)
    if isinstance(new, ast.expr):
        text = f"({text})"
    padding = b"\n" * (last - first)  # behind it, where a statement or a bracket ends
    middle = text.encode()
    if isinstance(new, ast.expr):
        middle = middle[:-1] + padding + b")"
        padding = b""
    changed = [*lines[:first], head, middle, tail, padding, *lines[last + 1 :]]
    return b"".join(changed).decode()


_Placed = ast.expr | ast.stmt
_Change = tuple[str, _Placed, ast.AST]


class _Changes:
    """Walks through a module and yields what is to be replaced by what."""

    def __init__(self) -> None:
        self._names: list[str] = []

    def of(self, node: ast.AST) -> Iterator[_Change]:
        """Yield the changes of a node and of all in it."""
        if _is_left_alone(node):
            return
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            self._names.append(node.name)
            yield from self._inside(node)
            self._names.pop()
        else:
            yield from self._inside(node)

    def _inside(self, node: ast.AST) -> Iterator[_Change]:
        if isinstance(node, ast.expr | ast.stmt):
            inside_function = bool(self._names)
            for new in _changes_of(node, inside_function=inside_function):
                yield ".".join(self._names), node, new
        if isinstance(node, _FUNCTIONS):
            for default in [*node.args.defaults, *node.args.kw_defaults]:
                if default is not None and not isinstance(default, ast.Constant):
                    yield ".".join(self._names), default, ast.Constant(None)
        for condition in _conditions_of(node):
            if (negated := _negated(condition)) is not None:
                yield ".".join(self._names), condition, negated
        for child in _children(node):
            yield from self.of(child)


def _is_left_alone(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert | ast.JoinedStr | ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.If):
        return ast.unparse(node.test) in {"TYPE_CHECKING", "__name__ == '__main__'"}
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0]) in {"__slots__", "__all__"}
    return False


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what is in a node, save annotations and decorators."""
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "decorator_list", "type_params"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield child


def _changes_of(node: _Placed, *, inside_function: bool) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare):
        yield from _compared(node)
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield ast.BoolOp(other, node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.Constant):
        yield from _constants(node.value)
    elif isinstance(node, ast.BinOp | ast.AugAssign):
        changed = copy.copy(node)
        changed.op = _COMPUTED.get(type(node.op), type(node.op))()
        yield changed
    elif isinstance(node, ast.Return) and _says_something(node.value):
        yield ast.Return(ast.Constant(None))
    if inside_function and _can_be_deleted(node):
        yield ast.Pass()


def _compared(node: ast.Compare) -> Iterator[ast.AST]:
    for place, operator in enumerate(node.ops):
        operators = list(node.ops)
        operators[place] = _COMPARED[type(operator)]()
        yield ast.Compare(node.left, operators, node.comparators)


def _constants(value: object) -> Iterator[ast.AST]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
        yield ast.Constant(value - 1)


def _says_something(value: ast.expr | None) -> bool:
    """Whether a function returns more than None, or a truth that is changed anyway."""
    return value is not None and not (
        isinstance(value, ast.Constant) and isinstance(value.value, bool | None)
    )


def _can_be_deleted(node: _Placed) -> bool:
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)  # a docstring
    if isinstance(node, ast.AnnAssign):
        return node.value is not None
    return isinstance(node, _DELETED)


def _conditions_of(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        return [node.test]
    return node.ifs if isinstance(node, ast.comprehension) else []


def _negated(condition: ast.expr) -> ast.expr | None:
    """Return the opposite, where no other change is the same."""
    if isinstance(condition, ast.UnaryOp) and isinstance(condition.op, ast.Not):
        return None
    if isinstance(condition, ast.Compare) and len(condition.ops) == 1:
        return None if isinstance(condition.ops[0], _OPPOSITE) else _not(condition)
    return None if isinstance(condition, ast.Constant) else _not(condition)


def _not(condition: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), condition)
