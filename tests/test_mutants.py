"""Every kind of change is made, in place, and none that no test could notice."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from tests.inspector.captures import ROOT
from tests.mutants import mutants


def _changes(source: str) -> list[str]:
    return [mutant.change for mutant in mutants(dedent(source))]


@pytest.mark.parametrize(
    ("statement", "changes"),
    [
        ("a < b", ["a < b → a <= b"]),
        ("a == b != c", ["a == b != c → a != b != c", "a == b != c → a == b == c"]),
        ("a is b", ["a is b → a is not b"]),
        ("a in b", ["a in b → a not in b"]),
        ("a and b", ["a and b → a or b"]),
        ("not a", ["not a → a"]),
        ("f(7)", ["7 → 8", "7 → 6"]),
        ("f(True)", ["True → False"]),
        ("f('a', None)", []),
        ("a + b", ["a + b → a - b"]),
        ("a // b", ["a // b → a * b"]),
        ("a & b", ["a & b → a | b"]),
        ("a -= b", ["a -= b → a += b"]),
        ("b if a else c", ["a → not a"]),
        ("[b for b in c if a > b]", ["a > b → a >= b", "a > b → not a > b"]),
    ],
)
def test_an_expression_is_changed(statement: str, changes: list[str]) -> None:
    assert sorted(_changes(statement)) == sorted(changes)


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        ("return a", ["return a → return None"]),
        ("return None", []),
        ("return False", ["False → True"]),
        ("if a:\n        f", ["a → not a"]),
        ("if not a:\n        f", ["not a → a"]),
        ("if a == b:\n        f", ["a == b → a != b"]),
        ("while a:\n        break", ["a → not a", "break → pass"]),
        ("a = b", ["a = b → pass"]),
        ("a: int = b", ["a: int = b → pass"]),
        ("raise a", ["raise a → pass"]),
        ("g(a)", ["g(a) → pass"]),
        ("yield a", ["yield a → pass"]),
    ],
)
def test_a_statement_of_a_function_is_changed(body: str, changes: list[str]) -> None:
    source = f"def f():\n    {body}\n    pass\n"

    found = _changes(source)

    assert sorted(change for change in found if change != "f → pass") == sorted(changes)


def test_a_default_is_changed() -> None:
    assert _changes("def f(a=B, *, c=1, d=None): pass") == [
        "B → None",
        "1 → 2",
        "1 → 0",
    ]


@pytest.mark.parametrize(
    "source",
    [
        '"""A text."""\nclass A:\n    """A text."""\n    __slots__ = (1, 2)\n',
        "def f(a: Literal[1] = None) -> Literal[2]:\n    assert a < 3\n",
        "if TYPE_CHECKING:\n    a = 1\n",
        'if __name__ == "__main__":\n    main(1)\n',
        "@decorated(1)\ndef f(): pass\n",
        'a = f"{1:>3}"\n',
        "from a import b\n",
    ],
)
def test_what_no_test_can_notice_is_left_alone(source: str) -> None:
    assert _changes(source) == []


def test_a_change_stands_where_it_was_and_says_where() -> None:
    source = dedent(
        """
        class A:
            def f(self):
                return ("é", a
                        < b)
        """
    )

    compared = next(each for each in mutants(source) if "<=" in each.change)

    assert (compared.line, compared.function) == (4, "A.f")
    assert compared.source.splitlines()[3:5] == ['        return ("é", (a <= b', "))"]


@pytest.mark.parametrize(
    "path", ["protocol/decoder.py", "inspector/sources/pcapng.py", "servers/channel.py"]
)
def test_every_change_of_a_module_is_another_one_that_python_reads(path: str) -> None:
    source = (ROOT / path).read_text(encoding="utf-8")
    found = mutants(source)
    trees = {ast.dump(ast.parse(each.source)) for each in found}

    assert len(found) > 100
    assert len(trees) == len(found)
    assert ast.dump(ast.parse(source)) not in trees
    assert {len(each.source.splitlines()) for each in found} == {
        len(source.splitlines())
    }
