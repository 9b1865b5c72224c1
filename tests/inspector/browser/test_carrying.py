"""Copying, marking, comparing, writing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from inspector.browser.desk import Desk
from inspector.errors import InspectorError
from tests.inspector.browser.piloted import SLOW, desk_of, driven, session_of, shown

if TYPE_CHECKING:
    from collections.abc import Collection


def test_what_is_taken_along() -> None:
    written: list[tuple[str, set[int], bool]] = []

    def write(file: str, chosen: Collection[int], hidden: bool) -> str:  # noqa: FBT001
        if file == "bad":
            raise InspectorError("--write", "bad cannot be written")
        written.append((file, set(chosen), hidden))
        return f"wrote {len(chosen)}"

    async def drive() -> None:
        async with shown(session_of(SLOW), desk_of(SLOW, write=write)) as screen:
            app = screen.app
            assert "copied #422 as a protocol-call line" in await screen.press("y")
            assert app.clipboard.startswith("protocol-call send 10.1.1.6:8889")
            await screen.press("Y")
            assert json.loads(app.clipboard)["data"]["userId"] == 421
            await screen.press("c")
            assert app.clipboard.endswith("--where 'number == 422'")

            assert "mark two exchanges" in await screen.press("equals_sign")
            marked = await screen.press("space", "space")
            assert "2 marked; = compares the last two" in marked
            assert "•" in marked
            compared = await screen.press("equals_sign")
            assert "#422 and #242" in compared
            assert "data.userId" in compared
            await screen.press("escape")

            asked = await screen.press("w")
            assert "Write 2 exchanges to" in asked
            assert "slow.pcap-part.pcapng" in asked
            assert "with all that it carries, secrets, too" in asked
            assert "secrets are hidden" in await screen.press("ctrl+r")
            assert "wrote 2" in await screen.press("enter")
            assert written == [("slow.pcap-part.pcapng", {422, 242}, True)]
            await screen.press("w")
            app.screen.query_one("#file").value = "bad"  # type: ignore[attr-defined]
            assert "bad cannot be written" in await screen.press("enter")
            await screen.press("w")
            assert "replaces the file" not in screen.text
            app.screen.query_one("#file").value = str(SLOW)  # type: ignore[attr-defined]
            await screen.settle()
            assert "it replaces the file of that name" in screen.text
            await screen.press("escape")
            assert len(written) == 1

    driven(drive)


def test_live_traffic_has_no_file_to_be_named() -> None:
    async def drive() -> None:
        async with shown(session_of(SLOW), Desk()) as screen:
            assert "has no file" in await screen.press("c")
            assert "--write FILE" in await screen.press("w")
            assert "packets of live traffic are not kept" in await screen.press("5")

    driven(drive)
