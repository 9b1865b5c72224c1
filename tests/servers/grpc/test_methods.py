from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from captures.grpc_stage import PROTO
from protocol import route
from servers.errors import UsageError
from servers.grpc.methods import method, method_at, offered, routes_of, unserved
from servers.server.handlers import Handler
from servers.server.routes import Routes

if TYPE_CHECKING:
    from pathlib import Path

    from protocol.descriptors import Method

_SUM = "/calc.Calculator/Sum"


@cache
def _offered() -> dict[str, Method]:
    return offered([str(PROTO)], ["calc"])


def test_a_pattern_is_that_of_nest() -> None:
    assert method("Calculator", "Sum") == {
        "service": "Calculator",
        "rpc": "Sum",
        "streaming": "no_stream",
    }
    assert method("Calculator", "Add", stream=True)["streaming"] == "rx_stream"


@pytest.mark.parametrize(
    "channel",
    [
        _SUM,
        "Calculator.Sum",
        "calc.Calculator.Sum",
        route(method("Calculator", "Sum")),
        route(method("calc.Calculator", "Sum")),
    ],
)
def test_a_method_has_several_names(channel: str) -> None:
    found = method_at(channel, _offered())
    assert found is not None
    assert found.path == _SUM


@pytest.mark.parametrize("channel", ["Calculator.Nope", "Sum", '{"a":1}', "{}"])
def test_others_name_none(channel: str) -> None:
    assert method_at(channel, _offered()) is None


def test_a_handler_may_be_registered_by_each_of_them() -> None:
    routes = routes_of(_offered()[_SUM])
    assert {_SUM, "Calculator.Sum", route(method("Calculator", "Sum"))} <= set(routes)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.proto", None, "no such file"),
        ("b.binpb", None, "no such file"),
        ("c.proto", "syntax = 3;", "c.proto"),
        ("d.binpb", "\xff", "not a set of descriptors"),
    ],
)
def test_what_cannot_be_read_is_one_line(
    tmp_path: Path, name: str, text: str | None, words: str
) -> None:
    file = tmp_path / name
    if text is not None:
        file.write_text(text)
    with pytest.raises(UsageError, match=words) as caught:
        offered([str(file)], [])
    assert "\n" not in str(caught.value)


def test_a_package_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match="no service of cats"):
        offered([str(PROTO)], ["cats"])


def _amiss(*patterns: Any) -> list[str]:  # noqa: ANN401 — JSON
    routes = Routes()
    for each in patterns:
        routes.add(Handler(lambda: None, route(each), is_event=False))
    return unserved(routes, _offered())


def test_handlers_that_are_for_no_method_are_named() -> None:
    sum_ = method("Calculator", "Sum")
    assert _amiss(sum_, "calc.other.pattern", {"cmd": "sum"}, 7) == []
    assert _amiss(sum_, "/calc.Calculator/Echo", "Calculator.Count") == []
    (nothing,) = _amiss("sum")
    assert nothing.startswith("no handler is for one of its methods (calc.Calculator.")
    assert nothing.endswith("more): every call is answered by UNIMPLEMENTED")
    assert _amiss(sum_, method("Calculator", "Summ"), "/calc.Calculator/Zzz") == [
        "a handler is for Calculator.Summ, which is not a method: did you mean Sum?",
        "a handler is for calc.Calculator.Zzz, which is not a method",
    ]
    (chat,) = _amiss(sum_, method("Calculator", "Chat"))
    assert chat == (
        "a handler is not for Calculator.Chat, which takes a stream: "
        'method("Calculator", "Chat", stream=True) is'
    )
    (echo,) = _amiss(sum_, method("Calculator", "Echo", stream=True))
    assert echo == (
        "a handler is not for Calculator.Echo, which takes no stream: "
        'method("Calculator", "Echo") is'
    )
