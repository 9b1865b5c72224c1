"""Nest and we over Kafka: what its serializer can carry, both ways, on three brokers.

Numbers arrive as texts, and nothing as null, whoever sends them. The brokers are those
of ``tests/servers/kafka/brokers.py``: none of them is Apache Kafka, unless
``KAFKA_BROKERS`` names one.
"""

from __future__ import annotations

from contextlib import ExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from servers import Client
from servers.kafka import Kafka, KafkaRecord
from tests.interop.application import Application
from tests.interop.pairs import Ours, reached
from tests.servers.kafka.brokers import WAIT, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from protocol import Json
    from tests.interop.nests import Nest, Nests
    from tests.interop.pairs import Caller, Notes

_INTERNAL = {"status": "error", "message": "Internal server error"}
_STEPS: list[tuple[str, Json, Notes]] = [
    ("text", "x", [["value", [0, "x"]], ["end"]]),
    ("echo", "é 😀", [["value", "é 😀"], ["end"]]),
    ("echo", [1, {"a": None}], [["value", [1, {"a": None}]], ["end"]]),
    ("echo", {"a": "b"}, [["value", {"a": "b"}], ["end"]]),
    ("echo", 1.5, [["value", "1.5"], ["end"]]),
    ("echo", True, [["value", "true"], ["end"]]),
    ("echo", '{"a":1}', [["value", {"a": 1}], ["end"]]),
    ("echo", "[1", [["value", "[1"], ["end"]]),
    ("echo", "", [["value", ""], ["end"]]),
    ("pattern", "x", [["value", "pattern"], ["end"]]),
    ("value.undef", "x", [["value", None], ["end"]]),
    ("value.null", "x", [["value", None], ["end"]]),
    ("value.zero", "x", [["value", "0"], ["end"]]),
    ("value.false", "x", [["value", "false"], ["end"]]),
    ("value.empty", "x", [["value", ""], ["end"]]),
    ("value.lone", "x", [["value", "\ufffd"], ["end"]]),
    ("value.object", "x", [["value", {"b": 1}], ["end"]]),
    ("error.text", "x", [["error", {"status": "error", "message": "boom 😀"}]]),
    (
        "error.object",
        "x",
        [["error", {"code": 42, "message": "m", "nested": {"x": [1]}}]],
    ),
    ("error.list", "x", [["error", ["a", "b"]]]),
    ("error.other", "x", [["error", _INTERNAL]]),
    ("stream.one", "x", [["value", "only"], ["end"]]),
    ("stream.promised", "x", [["value", "a"], ["value", "b"], ["end"]]),
    ("stream.late", "x", [["value", "v"], ["value", "0"], ["end"]]),
    (
        "stream.fails",
        "x",
        [
            ["value", "1"],
            ["value", "2"],
            ["error", {"status": "error", "message": "mid"}],
        ],
    ),
]
"""Patterns, data, and what a caller observes."""
_HEARD = [[0, "x"], ["again", "x"]]
_FEW = ("text", "echo", "value.null", "error.text", "stream.fails")
"""… of them on brokers that take their time."""
_HEADERS: Json = {"x-user": "ada"}


@pytest.fixture(scope="module")
def urls() -> Iterator[dict[str, str]]:
    with ExitStack() as stack:
        yield _Urls(stack)


class _Urls(dict[str, str]):
    """Brokers by their names, each started when a test first asks for it."""

    def __init__(self, stack: ExitStack) -> None:
        super().__init__()
        self._stack = stack

    def __missing__(self, name: str) -> str:
        self[name] = self._stack.enter_context(running(name))
        return self[name]


@asynccontextmanager
async def _we_call(nest: Nest, url: str, name: str) -> AsyncIterator[Caller]:
    number = await nest.do("attend", over="kafka", url=url, group=name)
    async with Client(Kafka(url, wait=WAIT), timeout=60) as client:
        yield Ours(client, "-")
    await nest.do("leave", which=number)


@asynccontextmanager
async def _nest_calls(nest: Nest, url: str, name: str) -> AsyncIterator[Caller]:
    service = Application(space="-").service
    transport = Kafka(url, group=name, wait=WAIT)
    patterns: Json = sorted(
        {pattern for pattern, _, _ in _STEPS} | {"headers", "heard"}
    )
    async with (
        service.listen(transport, grace=0),
        reached(nest, "kafka", url, "-", group=f"{name}-of", patterns=patterns) as them,
    ):
        yield them


_WAYS = {"we-call": _we_call, "nest-calls": _nest_calls}


@pytest.mark.parametrize(
    ("broker", "version"),
    [("noida", "v11"), ("noida", "v12"), ("tansu", "v12"), ("mock", "v12")],
)
@pytest.mark.parametrize("way", [*_WAYS])
async def test_nest_and_we_speak_over_kafka(
    way: str, broker: str, version: str, urls: dict[str, str], nests: Nests
) -> None:
    nest, url = nests.spelling(version, "-"), urls[broker]
    async with _WAYS[way](nest, url, f"{way}-{version}") as caller:
        for pattern, data, expected in _STEPS:
            if broker == "noida" or pattern in _FEW:
                assert await caller.observe(pattern, data) == expected, pattern
        await caller.emit("event", "x")
        heard: list[Json] = []
        while not heard:  # topics have no order among them
            [[_, heard], _] = await caller.observe("heard", "x")
        assert heard == _HEARD
        theirs: Json = {"over": "kafka", "of": "x", "headers": _HEADERS, "key": "k"}
        ours: Any = KafkaRecord("x", _HEADERS, key="k")
        data = ours if way == "we-call" else theirs
        assert await caller.observe("headers", data) == [["value", _HEADERS], ["end"]]
