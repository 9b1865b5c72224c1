from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from servers.demos.feed import make_main
from tests.servers.demos.systems import on_the_wire
from tests.servers.demos.twins import KINDS, PATIENCE, free_port
from tests.servers.demos.web import asking

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.demos.twins import Kind, Programs


@pytest.mark.parametrize("market", KINDS)
@pytest.mark.parametrize("main", KINDS)
def test_every_main_gives_events_of_every_market_and_goes_on_where_they_ended(
    programs: Programs, tmp_path: Path, *, main: Kind, market: Kind
) -> None:
    with _running(programs, main, market) as (port, market_port):
        url = f"http://127.0.0.1:{port}/feed"
        with on_the_wire("feed", tmp_path, port, market_port) as shown:
            whole = _events(url, {"name": "茶", "count": "3"})
            rest = _events(url, {"name": "茶", "count": "3"}, {"Last-Event-ID": "2"})
            failed = _events(url, {"name": "", "count": "3"})

    expected = [
        {"id": str(n), "data": {"number": n, "name": "茶", "price": 100 + n / 4}}
        for n in (1, 2, 3)
    ]
    assert whole == expected
    assert rest == expected[2:]
    assert [(each["event"], each["data"]) for each in failed] == [("error", "No name")]
    assert shown.text.count('"GET /feed"') == 3
    assert "prices" in shown.text


def _events(
    url: str, wanted: dict[str, str], headers: dict[str, str] | None = None
) -> list[dict[str, object]]:
    answer = httpx.get(url, params=wanted, headers=headers, timeout=PATIENCE)
    assert answer.headers["content-type"].startswith("text/event-stream")
    return events_in(answer.text)


def events_in(text: str) -> list[dict[str, object]]:
    """Return the events of a stream, their data read; without a type, none is named.

    Source: the HTML standard, 9.2.6 Interpreting an event stream.
    """
    found = []
    for block in text.split("\n\n"):
        lines = [each.partition(": ") for each in block.strip().split("\n")]
        fields: dict[str, object] = {name: value for name, _, value in lines if name}
        if "data" in fields:
            fields["data"] = json.loads(str(fields["data"]))
            if fields.get("event") == "message":
                del fields["event"]
            found.append(fields)
    return found


@contextmanager
def _running(programs: Programs, main: Kind, market: Kind) -> Iterator[tuple[int, int]]:
    if main == market == "python":
        with programs.whole("feed", "http", "market") as ports:
            yield ports["http"], ports["market"]
        return
    market_port = programs.shared("feed", "market", market)
    with programs.running("feed", "main", main, ports={"market": market_port}) as port:
        yield port, market_port


async def test_what_cannot_be_asked_for_is_refused_and_no_market_is_an_event() -> None:
    async with asking(make_main(free_port())) as http:
        for wanted in ({}, {"name": "tea", "count": "x"}, {"name": "t", "count": "-1"}):
            answer = await http.get("/feed", params=wanted)
            assert answer.status_code == 400
        answer = await http.get("/feed", params={"name": "tea"})

    assert events_in(answer.text) == [{"event": "error", "data": "Bad Gateway"}]
