"""What an expression may look like, and where an error points."""

from __future__ import annotations

import pytest

from inspector.errors import ExpressionError
from inspector.filters.parser import MAX_DEPTH, parse, parse_list


@pytest.mark.parametrize(
    ("text", "structure"),
    [
        ("a or b and not c", "either(a,both(b,negated(c)))"),
        ("a || b && !c", "either(a,both(b,negated(c)))"),
        ("a or b or c and d and e", "either(a,b,both(c,d,e))"),
        ("not a == 1", "negated(compared(a,==,1))"),
        ("(a or b) and c", "both(either(a,b),c)"),
        ("a.b[0].in ~ 'x'", "compared(member(item(member(a,b),0),in),~,'x')"),
        ("a + 1 * 2 < -3", "compared(calculated(a,+,calculated(1,*,2)),<,signed(-,3))"),
        ("a-1", "calculated(a,-,1)"),
        ("x in [1, 'b']", "contained(x,array(1,'b'))"),
        ("x not in y", "not_contained(x,y)"),
        ("order or notes and inn", "either(order,both(notes,inn))"),
        ("p99('sum') > 200ms", "compared(called(p99,'sum'),>,200ms)"),
        ("f() == 1", "compared(called(f,None),==,1)"),
        ("a > 100 ms and b", "both(compared(a,>,100 ms),b)"),
        ("a !~ 'b' and !c", "both(compared(a,!~,'b'),negated(c))"),
    ],
)
def test_operators_bind_as_in_most_languages(text: str, structure: str) -> None:
    assert drawn(parse(text, "--where")) == structure


def drawn(node: object) -> str:
    data, children = getattr(node, "data", None), getattr(node, "children", None)
    if data is None or children is None:
        return str(node)
    if data in {"field", "number", "string"}:
        return str(children[0])
    return f"{data}({','.join(drawn(child) for child in children)})"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", 1, "the expression is empty"),
        ("  ", 3, "the expression is empty"),
        ("route ==", 9, "ends at character 8, after 'route ==': expected a value"),
        ("(a", 3, "ends at character 2, after '(a': expected an operator"),
        (
            "route = 'x'",
            7,
            "expected an operator at character 7, not '='; did you mean ==",
        ),
        ("a & b", 3, "expected an operator at character 3, not '&'; did you mean and"),
        ("a b", 3, "expected an operator at character 3, not 'b'"),
        ("route == )", 10, "expected a value at character 10, not ')'"),
        ("1 < 2 < 3", 7, "expected an operator at character 7, not '<'"),
        ("a == b == c", 8, "expected an operator at character 8, not '=='"),
        ('a == "abc', 6, "the string at character 6 has no end"),
        ("a.5", 3, "expected a value at character 3, not '5'"),
        ("a == 1 $ 2", 8, "expected an operator at character 8, not '$'"),
    ],
)
def test_an_error_points_at_the_character(text: str, place: int, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text, "--where")

    assert str(caught.value).startswith(f"--where: {message}")
    assert caught.value.place == place
    assert caught.value.exit_code == 2


def test_a_list_has_commas() -> None:
    assert [drawn(each) for each in parse_list("a, b.c", "--fields")] == [
        "a",
        "member(b,c)",
    ]


@pytest.mark.parametrize(
    "deep", ["not " * 5_000 + "a", "a" + ".b" * 5_000, "1" + "+1" * 5_000, "[" * 5_000]
)
def test_what_nests_too_deep_to_be_read_is_refused(deep: str) -> None:
    text = deep + "]" * deep.count("[")
    with pytest.raises(ExpressionError, match="nests deeper than 100 operators"):
        parse(text, "--where")
    with pytest.raises(ExpressionError, match="nests deeper than 100 operators"):
        parse_list(f"a, {text}", "--fields")


def test_what_nests_a_little_less_is_read() -> None:
    assert (
        drawn(parse("not " * (MAX_DEPTH - 1) + "a", "--where")).count("negated") == 99
    )


def test_an_error_does_not_suggest_what_stands_there() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse("a == b == c", "--where")

    assert "did you mean" not in str(caught.value)
