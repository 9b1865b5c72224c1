"""Filters as they are typed: words, expressions, mistakes, completion."""

from __future__ import annotations

import asyncio
from array import array
from threading import Event
from typing import TYPE_CHECKING, Any

from inspector.browser import filtering
from inspector.browser.asking import asked_by
from inspector.browser.searching import Found, results
from tests.inspector.browser.piloted import SLOW, desk_of, driven, session_of, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from inspector.browser.asking import Asked


def test_what_is_typed_filters_at_once_and_mistakes_are_pointed_at() -> None:
    async def drive() -> None:
        async with shown(session_of(SLOW), desk_of(SLOW)) as screen:
            app = screen.app
            await screen.press("slash")
            assert app.box.has_focus
            assert "18 of 600" in await screen.type("orders latency>5ms")
            assert "►#422" in screen.text

            wrong = await screen.type("orders latncy > 5ms")
            assert "no field" in wrong or "latency" in wrong
            assert app.box.has_class("wrong")
            assert app.box._mistakes.place == 8  # noqa: SLF001 — what is underlined
            assert "18 of 600" in wrong  # what was listed stays

            app.asked = asked_by("nowhere")  # which is still searched for
            unknown = await screen.type('outcom == "error"')
            assert "character 1: no field 'outcom'" in unknown
            app.show_found(Found(array("I"), 600, done=True))
            await screen.settle()
            assert "no field 'outcom'" in screen.text

            assert "Tab  outcome" in await screen.type("outc")
            await screen.press("tab")
            assert app.box.value == "outcome"
            assert "No exchange is like this" in await screen.type("nowhere")
            assert "0 of 600" in screen.text

            await screen.type('route == "cmd:users.find"')
            listed = await screen.press("enter")
            assert app.grid.has_focus
            assert "200 of 600" in listed
            assert "600 of 600" in await screen.press("escape")

            await screen.press("2", "slash")
            assert "1 of 3" in await screen.type("STOCK")
            assert "cmd:stock.reserve" in screen.text
            assert "1 of 3" not in await screen.press("enter", "6")  # nor of packets

    driven(drive)


def test_a_filter_that_was_cleared_does_not_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, go_on, ended = Event(), Event(), Event()

    def late(store: Any, asked: Asked, *more: Any) -> Iterator[Found]:  # noqa: ANN401 — of results
        found = list(results(store, asked, *more))
        if not asked.everything:
            begun.set()
            go_on.wait()
        yield from found
        if not asked.everything:
            ended.set()

    async def drive() -> None:
        async with shown(session_of(SLOW), desk_of(SLOW)) as screen:
            monkeypatch.setattr(filtering, "results", late)
            app = screen.app
            app.apply("orders latency>5ms", submitted=True)
            old = app.asked
            await asyncio.to_thread(begun.wait)
            app.apply("", submitted=True)
            go_on.set()
            await asyncio.to_thread(ended.wait)
            await screen.settle()
            assert "600 of 600" in screen.text

            (found,) = list(results(app.session.store, old, "latency", lambda: False))
            app._show_if_asked(old, "latency", found)  # noqa: SLF001 — on its way already
            await screen.settle()
            assert "600 of 600" in screen.text

    driven(drive)


def test_of_many_words_are_sought_at_once_and_expressions_after_enter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(filtering, "_LARGE", 600)

    async def drive() -> None:
        async with shown(session_of(SLOW), desk_of(SLOW)) as screen:
            await screen.press("slash")
            assert "200 of 600" in await screen.type("orders")
            waits = await screen.type("orders latency > 5ms")
            assert "Enter filters" in waits
            assert "200 of 600" in waits
            assert "18 of 600" in await screen.press("enter")
            assert "600 of 600" in await screen.type("")

    driven(drive)
