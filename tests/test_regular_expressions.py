"""No text of the network makes a regular expression take more than linear time.

All of them are found in the code. Each is linear by how it is built, as
``tests.linearity`` can tell, or is listed here with the reason; and each is given long
texts that are made to be hard for it, within a bound of processor time that only
quadratic work reaches.
"""

from __future__ import annotations

import ast
import importlib
import pickle
import re
import subprocess
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from protocol.lazy_regex import LazyRegex, lazy_regex
from tests.hostile_texts import hostile_texts
from tests.linearity import doubts
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
MODULES = [
    module
    for package in ("protocol", "inspector", "servers")
    for module in sorted((ROOT / package).rglob("*.py"))
]
_SIZE = 1 << 18  # characters of a hostile text
_LIMIT = 8  # seconds of processor time for all texts of an expression
_NAMES_RE = re.compile(rf"\bre\s*\.|\b{lazy_regex.__name__}\b")
_AT_ONE_PLACE = {"match", "fullmatch"}

LINEAR = {
    "inspector.carriers.http.events._LINE": (
        "it ends where a line or the text does, so no try fails"
    ),
    "inspector.carriers.http.graphql._LITERAL": (
        "it ends at a quote, a backslash or the text's end, so no try fails"
    ),
    "inspector.carriers.http.graphql._QUERY": (
        "a string without an end is read to the end of the text, so no try fails"
    ),
    "inspector.explain.explanation._STRUCTURE": (
        "a string without an end is read to the end of the text, so no try fails"
    ),
    "inspector.redaction.channels._VALUE": (
        "a string without an end is read to the end of the text, so no try fails"
    ),
    "inspector.redaction.tokens._TOKEN": (
        "a string without an end is read to the end of the text, so no try fails"
    ),
    "inspector.views.json_layout._TOKEN": (
        "where a string has no end, what follows is read in one piece"
    ),
    "inspector.views.json_text._TOKEN": (
        "where a string has no end, what follows is read in one piece"
    ),
}
"""Expression → why it is linear though it is not built so that this could be seen."""

NOT_OURS = {
    "inspector.filters.compiler": "the expression is the user's own",
    "protocol.lazy_regex": "each expression is another module's",
    "servers.kafka.topics": "a route of the service, by which it finds topics",
}
"""Module with an expression that is not known before it runs → why that is so."""


class Known(NamedTuple):
    """A regular expression of the code.

    Attributes:
        name: Its module and the name that it is bound to there.
        pattern: The expression.
        searched: Whether the module tries it at more than one place of a text.
    """

    name: str
    pattern: re.Pattern[Any]
    searched: bool


def _module_name(module: Path) -> str:
    return ".".join(module.relative_to(ROOT).with_suffix("").parts)


@cache
def _nodes(module: Path) -> list[ast.AST]:
    """Return the syntax tree of a module; nothing where its text does not name re."""
    text = module.read_text(encoding="utf-8")
    return list(ast.walk(ast.parse(text))) if _NAMES_RE.search(text) else []


def _calls_of_re(module: Path) -> list[str]:
    """Return which functions of ``re`` a module calls, once for each call."""
    return [
        name
        for node in _nodes(module)
        if isinstance(node, ast.Call) and (name := _function_of_re(node.func))
    ]


def _function_of_re(function: ast.expr) -> str:
    """Return the function of ``re`` that is called; nothing for any other."""
    if isinstance(function, ast.Name) and function.id == lazy_regex.__name__:
        return "compile"
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return function.attr if function.value.id == "re" else ""
    return ""


@cache
def _methods(module: Path) -> dict[str, set[str]]:
    """Return the methods that a module takes from what names are bound to."""
    methods: dict[str, set[str]] = defaultdict(set)
    for node in _nodes(module):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            methods[node.value.id].add(node.attr)
    return methods


def _patterns_in(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, LazyRegex):
        yield value.compiled()
    elif isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _patterns_in(each)


def _known_in(module: Path) -> Iterator[Known]:
    if not _calls_of_re(module):
        return
    loaded = importlib.import_module(_module_name(module))
    for name, value in vars(loaded).items():
        methods = _methods(module).get(name)
        searched = not methods or not methods <= _AT_ONE_PLACE
        for pattern in _patterns_in(value):
            yield Known(f"{loaded.__name__}.{name}", pattern, searched)


KNOWN = [known for module in MODULES for known in _known_in(module)]

each_expression = pytest.mark.parametrize(
    "known", KNOWN, ids=[known.name for known in KNOWN]
)


@pytest.mark.parametrize("module", MODULES, ids=_module_name)
def test_every_expression_is_compiled_once_and_found_here(module: Path) -> None:
    calls = [call for call in _calls_of_re(module) if call != "escape"]
    expected = len(list(_known_in(module))) + (_module_name(module) in NOT_OURS)

    assert calls == ["compile"] * expected


@each_expression
def test_it_is_linear_by_how_it_is_built_or_the_reason_is_listed(known: Known) -> None:
    found = doubts(known.pattern, searched=known.searched)

    assert bool(found) == (known.name in LINEAR), found


def test_no_reason_is_listed_for_what_is_gone() -> None:
    assert {known.name for known in KNOWN} >= LINEAR.keys()
    assert {_module_name(module) for module in MODULES} >= NOT_OURS.keys()


_PROGRAM = """
import pickle, re, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]),) * 2)
pattern, flags, searched, texts = pickle.load(sys.stdin.buffer)
read = re.compile(pattern, flags)
for text in texts:
    if searched:
        for found in read.finditer(text):
            pass
    else:
        read.match(text)
"""


def _runs_out_of_time(known: Known, limit: int = _LIMIT) -> bool:
    """Whether hostile texts cost an expression more seconds of a processor."""
    texts = list(hostile_texts(known.pattern, _SIZE))
    flags = known.pattern.flags & (re.IGNORECASE | re.DOTALL)
    given = pickle.dumps((known.pattern.pattern, flags, known.searched, texts))
    code = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _PROGRAM, str(limit)],
        input=given,
        check=False,
        timeout=10 * PATIENCE,  # of the wall clock, beside other work
    ).returncode
    assert code <= 0, code  # it ends, or it is ended by the limit
    return code < 0


@each_expression
def test_hostile_texts_cost_it_no_more_than_linear_time(known: Known) -> None:
    assert not _runs_out_of_time(known)


_QUADRATIC = [
    r"eyJ[\w-]{6,}\.",
    r'"(?:[^"\\]|\\.)*+"',
    r"“[^”]*”",
    r"\s+$",
    r"(?:a|b)*c",
    r"x\w+y",
]


@pytest.mark.parametrize("text", _QUADRATIC)
def test_an_expression_that_is_quadratic_is_noticed_both_ways(text: str) -> None:
    known = Known("quadratic", re.compile(text), searched=True)

    assert doubts(known.pattern, searched=True) == ["entered anywhere"]
    assert not doubts(known.pattern, searched=False)
    assert _runs_out_of_time(known, limit=1)


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("(a+)+b", "nested"),
        ("(?:x[^y]*y)*z", "nested"),
        ("a*a*b", "several ways to end"),
        ("^a*ba*.*c", "several ways to end"),
        (r"^\d*(?:x|[0-9]+)y", "several ways to end"),
        (r"^(?=\w+\d*x)", "several ways to end"),
    ],
)
def test_a_try_that_reads_a_run_again_is_noticed(text: str, doubt: str) -> None:
    assert doubt in doubts(re.compile(text), searched=False)


@pytest.mark.parametrize(
    "text",
    [
        r"\A\s+x",
        r"(?<!\w)\w+x",
        r"'[^']*'",
        r"(?<!\w)(?>\w*?x)\w+",
        r"a++b*c?",
        r"://[^/]+@",
        r"a{1,9}a{1,9}b",
        r"(?i:x)[^Xx]*y",
    ],
)
def test_an_expression_that_is_linear_is_not_doubted(text: str) -> None:
    pattern = re.compile(text)

    assert not doubts(pattern, searched=True)
    assert not _runs_out_of_time(Known("linear", pattern, searched=True))


def test_no_group_is_possessive() -> None:
    """Python before 3.11.5 gives such a group too much, where it fails halfway."""
    sources = [
        file
        for package in ("protocol", "servers", "inspector")
        for file in (ROOT / package).rglob("*.py")
    ]
    possessive = re.compile(r"\)[?*+]\+")

    assert not [
        file.name
        for file in sources
        if possessive.search(file.read_text(encoding="utf-8"))
    ]
