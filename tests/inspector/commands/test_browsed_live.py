"""A page of what live traffic left in the browser, through the keys of that."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from inspector.browser.app import Browser
from inspector.calls.exchanges import Exchange
from inspector.commands.browsed_live import concealed
from inspector.commands.live_browsing import BrowsedRun
from inspector.commands.live_run import Bounds, LiveRun
from inspector.commands.run_options import RunOptions, redaction_of
from inspector.pipeline import Options, Pipeline
from tests.inspector.browser.piloted import Screen, driven
from tests.inspector.commands.test_live_run import Source
from tests.inspector.conversation import SERVER, Wire, failure
from tests.inspector.views.formats.written import opened

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.sources.records import PacketRecord

_BOUNDS = Bounds(None, None, 10**9)
_SECRET = "hunter2-is-mine"  # noqa: S105 — which is to be hidden
_DATA = re.compile(r'id="data">(.*?)</script>', re.DOTALL)


def _records() -> list[PacketRecord]:
    wire = Wire()
    talk = wire.connect()
    for number in range(6):
        asked = {"password": _SECRET, "n": number}
        talk.ask("login", str(number), asked).answer(str(number), {"token": _SECRET})
    talk.ask({"token": _SECRET}, "x", 1).send(SERVER, failure("x", "no such user"))
    return list(wire.linger().records)


def _data(file: Path) -> Any:  # noqa: ANN401 — JSON
    found = _DATA.search(file.read_text(encoding="utf-8"))
    assert found is not None
    return json.loads(found[1])


async def _written(screen: Screen, file: Path, *keys: str) -> str:
    """Write what is marked or listed to a file; return what is said then."""
    await screen.press("w")
    screen.app.screen.query_one("#file").value = str(file)  # type: ignore[attr-defined]
    return await screen.press(*keys, "enter")


def test_a_page_has_what_is_marked_or_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, marked, bare = (tmp_path / f"{name}.html" for name in ("a", "b", "c"))
    capture = tmp_path / "some.pcap"

    async def drive(app: Browser) -> None:
        async with app.run_test(size=(120, 30)) as pilot:
            screen = Screen(app, pilot)
            await screen.until(lambda: app.session.store.count == 7)
            asked = await screen.press("w")
            assert "Write 7 exchanges to" in asked
            assert "live.html" in asked
            await screen.press("escape")
            assert "wrote a page of 7" in await _written(screen, whole)
            assert "wrote a page of 7" in await _written(screen, bare, "ctrl+r")
            await screen.press("space", "up", "space")
            assert "wrote a page of 2" in await _written(screen, marked)
            said = await _written(screen, capture)
            assert (
                "becomes pages alone: NAME.html; --write FILE has its packets" in said
            )
            assert "no/such" in await _written(screen, tmp_path / "no" / "such.html")

    monkeypatch.setattr(Browser, "run", lambda app: driven(lambda: drive(app)))
    options = RunOptions(opened("table")[0])
    browsed = BrowsedRun("eth0", options)
    browsed.run(LiveRun(Source(_records()), browsed.view, _BOUNDS, options))

    data = _data(whole)
    assert data["title"].endswith("· eth0")
    assert data["redacted"]
    assert _SECRET not in whole.read_text(encoding="utf-8")
    assert {each["n"] for each in data["exchanges"]} == set(range(1, 8))
    assert data["figures"][:2] == [
        ["message calls", "7", "", "", None],
        ["failed", "1", "", "error", None],
    ]
    assert data["details"]["3"]["body"][0].endswith('"n":2}')
    assert [each[1] for each in data["exchanges"][0]["findings"]] == ["thrown-error"]
    assert len(_data(marked)["exchanges"]) == 2
    assert _SECRET in bare.read_text(encoding="utf-8")
    assert not capture.exists()


@pytest.mark.parametrize("number", [1, 7])
def test_a_concealed_exchange_is_as_one_whose_frames_were_concealed(
    number: int,
) -> None:
    redaction = redaction_of(["auto"])
    assert redaction is not None

    exchange, read = (
        next(
            item
            for item in Pipeline(options).inspect(_records())
            if isinstance(item, Exchange) and item.number == number
        )
        for options in (Options(), Options(conceal=redaction))
    )

    hidden = concealed(exchange, redaction)
    assert _shown(hidden) == _shown(read)
    assert _SECRET in repr(_shown(exchange))  # which stays as it is


def _shown(exchange: Exchange) -> tuple[object, ...]:
    return exchange.pattern, exchange.route, exchange.data, exchange.replies
