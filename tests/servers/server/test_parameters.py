from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Annotated, Any, Optional

import msgspec
import pytest

import servers
import servers as ours
from servers import Context, Depends, HandlerError
from servers import Context as Ctx
from servers.server.parameters import name_of, parameters_of, place_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from servers.server import Context as Hidden

Positive = Annotated[int, msgspec.Meta(gt=0)]


def _purposes(function: Callable[..., Any]) -> tuple[str | None, str | None, bool]:
    """Return the names of the parameters for payload and context."""
    payload, context, context_first, _ = parameters_of(function)
    names = [each.name if each is not None else None for each in (payload, context)]
    return names[0], names[1], context_first


def _by_name(data: int, context: Context) -> object:
    return data, context


def _by_alias(data: int, context: Ctx) -> object:
    return data, context


def _by_attribute(data: int, context: servers.Context) -> object:
    return data, context


def _by_renamed_attribute(data: int, context: ours.Context) -> object:
    return data, context


def _by_quoted_name(data: int, context: "Ctx") -> object:  # noqa: UP037 — the point
    return data, context


def _by_union(data: int, context: Ctx | None) -> object:
    return data, context


def _by_optional(data: int, context: Optional[Ctx] = None) -> object:  # noqa: UP045
    return data, context


def _by_annotated(data: int, context: Annotated[Ctx | None, "for the log"]) -> object:
    return data, context


@pytest.mark.parametrize(
    "function",
    [
        _by_name,
        _by_alias,
        _by_attribute,
        _by_renamed_attribute,
        _by_quoted_name,
        _by_union,
        _by_optional,
        _by_annotated,
    ],
)
def test_the_context_is_recognised_by_whatever_name(
    function: Callable[..., Any],
) -> None:
    assert _purposes(function) == ("data", "context", False)


@pytest.mark.parametrize(
    "text", ["Context", "servers.Context", "s.server.Context", "Context | None"]
)
def test_a_context_that_only_type_checkers_import_is_recognised_by_its_name(
    text: str,
) -> None:
    namespace: dict[str, Any] = {}
    exec(  # noqa: S102 — a module that imports nothing
        "from __future__ import annotations\n"
        f"def handler(data: int, context: {text}): ...",
        namespace,
    )

    assert _purposes(namespace["handler"]) == ("data", "context", False)


@pytest.mark.parametrize(
    "text", ["RequestContext", "Contexts", "my.context", "[Context]"]
)
def test_other_names_that_are_not_known_are_errors(text: str) -> None:
    namespace: dict[str, Any] = {}
    exec(  # noqa: S102
        "from __future__ import annotations\n"
        f"def handler(data: int, context: {text}): ...",
        namespace,
    )

    with pytest.raises(HandlerError, match="'context' cannot be evaluated"):
        parameters_of(namespace["handler"])


class _Payload:
    """A namespace with another Context."""

    class Context(msgspec.Struct):
        number: int


def test_another_context_is_a_payload() -> None:
    def handler(data: Any) -> object:  # noqa: ANN401 — replaced below
        return data

    handler.__annotations__["data"] = _Payload.Context
    payload, context, *_ = parameters_of(handler)

    assert payload is not None
    assert payload.annotation is _Payload.Context
    assert context is None


def _hidden_context(data: int, context: Hidden) -> object:
    return data, context


def _hidden_payload(amount: Decimal) -> object:
    return amount


def _hidden_first(context: Hidden, data: int) -> object:
    return context, data


@pytest.mark.parametrize(
    ("function", "parameter", "name"),
    [
        (_hidden_context, "context", "Hidden"),
        (_hidden_payload, "amount", "Decimal"),
        (_hidden_first, "context", "Hidden"),
    ],
)
def test_a_name_that_only_type_checkers_know_is_one_clear_error(
    function: Callable[..., Any], parameter: str, name: str
) -> None:
    with pytest.raises(HandlerError) as raised:
        parameters_of(function)

    assert str(raised.value) == (
        f"{place_of(function)}: the annotation of {parameter!r} cannot be evaluated: "
        f"name {name!r} is not defined; it is needed when the handler is registered, "
        "so what it names must be imported outside of TYPE_CHECKING, at module level"
    )
    assert raised.value.__suppress_context__


@pytest.mark.parametrize("text", ["list[int", "servers.Nothing", "1 / 0", "int | 'x'"])
def test_an_annotation_that_is_no_type_is_an_error_of_ours(text: str) -> None:
    def handler(data: Any) -> object:  # noqa: ANN401
        return data

    handler.__annotations__["data"] = text
    with pytest.raises(HandlerError, match="'data' cannot be evaluated"):
        parameters_of(handler)


def test_what_a_handler_does_not_get_may_be_annotated_with_anything() -> None:
    def handler(
        data: int,
        more: Unknown = None,  # type: ignore[name-defined]  # noqa: F821
        *rest: Unknown,  # type: ignore[name-defined]  # noqa: F821
        name: Unknown = None,  # type: ignore[name-defined]  # noqa: F821
        **others: Unknown,  # type: ignore[name-defined]  # noqa: F821
    ) -> object:
        return data, more, rest, name, others

    assert _purposes(handler) == ("data", None, False)


def test_purposes_go_by_order_and_kind() -> None:
    assert _purposes(lambda: 1) == (None, None, False)
    assert _purposes(lambda _data: 1) == ("_data", None, False)
    assert _purposes(lambda *_data: 1) == ("_data", None, False)
    assert _purposes(lambda _data, _more=1: 1) == ("_data", None, False)
    assert _purposes(lambda **_named: 1) == (None, None, False)

    def first(context: Context, data: int) -> object:
        return context, data

    def only(context: Context) -> object:
        return context

    def keyword(data: int, *, context: Context) -> object:
        return data, context

    assert _purposes(first) == ("data", "context", True)
    assert _purposes(only) == (None, "context", True)
    assert _purposes(keyword) == ("data", "context", False)


def _two(one: int, two: int) -> object:
    return one, two


def _two_contexts(one: Context, two: Ctx) -> object:
    return one, two


def _by_keyword(*, data: int) -> object:
    return data


@pytest.mark.parametrize(
    ("function", "parameter"),
    [(_two, "two"), (_two_contexts, "two"), (_by_keyword, "data")],
)
def test_what_requires_more_than_it_gets_is_refused(
    function: Callable[..., Any], parameter: str
) -> None:
    with pytest.raises(HandlerError) as raised:
        parameters_of(function)

    assert str(raised.value) == (
        f"{function.__name__}() requires {parameter!r}: a handler gets the payload, "
        "a context where a parameter is annotated with Context, and what it depends on "
        "where one is Annotated[…, Depends(…)]"
    )


@pytest.mark.parametrize("function", [5, "text", None])
def test_what_is_no_function_is_refused(function: Any) -> None:  # noqa: ANN401
    with pytest.raises(HandlerError, match="cannot be a handler") as raised:
        parameters_of(function)
    assert repr(function) in str(raised.value)


def test_a_payload_has_the_type_that_it_declares() -> None:
    def typed(data: list[Positive]) -> object:
        return data

    def untyped(data):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        return data

    found = [parameters_of(each).payload for each in (typed, untyped)]

    assert [each and each.annotation for each in found] == [list[Positive], Any]


class _Calculator:
    def double(self, number: Positive) -> int:
        return 2 * number

    def __call__(self, number: Positive) -> int:
        return 3 * number


class _Input(msgspec.Struct):
    number: Positive


def _wrapped(number: Positive) -> int:
    return number


@functools.wraps(_wrapped)
def _wrapper(*arguments: Any) -> int:  # noqa: ANN401
    return _wrapped(*arguments)


@pytest.mark.parametrize(
    "function",
    [
        _Calculator().double,
        _Calculator(),
        _Input,
        _wrapper,
        functools.partial(_wrapped),
        functools.partial(functools.partial(_Calculator().double)),
    ],
)
def test_annotations_are_evaluated_where_the_function_is_defined(
    function: Callable[..., Any],
) -> None:
    payload, *_ = parameters_of(function)

    assert payload is not None
    assert payload.annotation == Positive


def test_functions_are_named_as_in_their_module() -> None:
    assert name_of(_two) == "_two"
    assert name_of(_Calculator.double) == "_Calculator.double"
    assert name_of(functools.partial(_two)) == "partial"


def test_only_positional_parameters_are_for_a_payload() -> None:
    payload, *_ = parameters_of(lambda data, /: data)

    assert payload is not None
    assert payload.kind is inspect.Parameter.POSITIONAL_ONLY


class _Holder:
    def total(self, numbers: list[int]) -> int:
        return sum(numbers)

    def nothing(self) -> None: ...

    @staticmethod
    def of_class(self_made: str) -> str:
        return self_made


@pytest.mark.parametrize("function", [_Holder.total, _Holder.nothing])
def test_a_method_without_its_object_is_refused(function: Callable[..., Any]) -> None:
    with pytest.raises(HandlerError, match=r"_Holder\(…\)\."):
        parameters_of(function)


def test_methods_with_their_object_and_static_ones_are_handlers() -> None:
    assert parameters_of(_Holder().total).payload is not None
    assert parameters_of(_Holder().nothing).payload is None
    assert parameters_of(_Holder.of_class).payload is not None


def test_what_depends_on_something_is_not_for_the_payload() -> None:
    needed = Annotated[int, Depends(_two)]

    def handler(one: int, data: int, context: Context, *, two: int) -> None:
        del one, data, context, two

    handler.__annotations__ |= {"one": needed, "two": needed}
    payload, context, context_first, dependencies = parameters_of(handler)

    assert payload is not None
    assert context is not None
    assert (payload.name, context.name, context_first) == ("data", "context", False)
    assert [each.parameter.name for each in dependencies] == ["one", "two"]
    assert all(each.depends == Depends(_two) for each in dependencies)
