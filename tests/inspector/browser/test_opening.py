"""What is opened: folds, exchanges that a line names, packets of a finding."""

from __future__ import annotations

from inspector.browser.state import LADDER
from tests.inspector.browser.piloted import (
    NASTY,
    ROOT,
    SLOW,
    desk_of,
    driven,
    session_of,
    shown,
)

_CHAIN = ROOT / "captures" / "chains" / "chain-nest12.pcap"
_SHOWCASE = ROOT / "captures" / "showcase-nest12.pcap"


def test_folding_following_and_packets_of_a_finding() -> None:
    async def drive() -> None:
        async with shown(session_of(SLOW), desk_of(SLOW), (100, 40)) as screen:
            app = screen.app
            await screen.press("tab")
            assert app.pane.has_focus
            whole = app.pane.text
            assert '"sku": "A421"' in whole
            line = whole.splitlines().index("│ {")
            app.pane._go(line)  # noqa: SLF001 — as many presses of a key
            folded = await screen.press("enter")
            assert "│ { … 8 lines }" in folded
            await screen.press("z")
            assert app.pane.text == whole
            await screen.press("Z")
            assert "items" in app.pane.text
            assert '"sku": ' not in app.pane.text
            await screen.press("Z")
            near = next(
                i
                for i, each in enumerate(whole.splitlines())
                if each.startswith("#410")
            )
            app.pane._go(near)  # noqa: SLF001 — the same
            await screen.press("enter")
            assert app.number() == 410

    driven(drive)


def test_the_details_are_those_of_the_row_that_is_selected() -> None:
    async def drive() -> None:
        async with shown(session_of(SLOW), desk_of(SLOW), (120, 40)) as screen:
            app = screen.app
            for keys in (["7", "1"], ["2", "1"], ["2", "enter"]):
                await screen.press(*keys)
                assert app.number() == 422
                assert app.pane.text.startswith("#422  cmd:orders.create")
            await screen.press("2", "slash")
            await screen.type("nowhere")
            assert not app.pane.text  # no row, no details
            await screen.press("enter", "4", "5")
            await screen.resize(120, 30)  # the list left of it is not the ladder's
            assert app.view == LADDER

    driven(drive)


def test_a_finding_leads_to_its_packets() -> None:
    async def drive() -> None:
        async with shown(session_of(NASTY), desk_of(NASTY), (100, 30)) as screen:
            packets = await screen.press("4", "enter")  # it is about no exchange
            assert "[Packets]" in packets
            assert "not JSON: expected a value at character 11" in packets
            assert "#2" in await screen.press("5")
            back = await screen.press("escape")
            assert "[Exchanges]" in back

    driven(drive)


def test_ladder_and_packets_show_where_a_finding_shows() -> None:
    async def drive() -> None:
        desk = desk_of(_SHOWCASE)
        async with shown(session_of(_SHOWCASE), desk, (120, 24)) as screen:
            app = screen.app
            assert app.number() == 102
            for key, line in (("6", "    40  0.66"), ("5", " 0.668353 ")):
                assert "no-handler" in await screen.press("4")
                assert line in await screen.press(key)
                assert app.number() == 7  # which is what y copies
                assert app.whole.place > 0

    driven(drive)


def test_the_ladder_of_a_chain_is_that_of_all_its_exchanges() -> None:
    async def drive() -> None:
        async with shown(session_of(_CHAIN), desk_of(_CHAIN), (120, 50)) as screen:
            screen.app.filter_by("#3")
            await screen.settle()
            alone = await screen.press("5")
            assert "the chain of" not in alone
            chain = await screen.press("5")
            assert "the chain of #1: 5 exchanges" in chain
            assert all(f"#{number}" in chain for number in (1, 2, 3, 4, 5))
            assert "the chain of" not in await screen.press("5")
            assert "the chain of" not in await screen.press("1", "5")
            await screen.resize(120, 14)
            assert "Δ ms" in await screen.press("G")  # the heading stays
            assert "Δ ms" in await screen.press("6", "G")

    driven(drive)


def test_what_is_in_no_chain_says_so() -> None:
    async def drive() -> None:
        async with shown(session_of(_SHOWCASE), desk_of(_SHOWCASE)) as screen:
            assert "is in no chain" in await screen.press("5", "5")

    driven(drive)
