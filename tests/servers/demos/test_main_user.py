from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.servers.demos.twins import KINDS, PATIENCE

if TYPE_CHECKING:
    from tests.servers.demos.twins import Kind, Programs


@pytest.mark.parametrize("user", KINDS)
@pytest.mark.parametrize("main", KINDS)
def test_every_main_calls_every_user(
    programs: Programs, main: Kind, user: Kind
) -> None:
    ports = {"user": programs.shared("main_user", "user", user)}
    with programs.running("main_user", "main", main, ports=ports) as port:
        url = f"http://127.0.0.1:{port}/sum"
        sums = ["1,2,3", "10,20,30", "7", "0.5,-1", "1e3,1", "9007199254740991,1"]
        answers = [
            httpx.get(url, params={"num": each}, timeout=PATIENCE) for each in sums
        ]

    assert {each.status_code for each in answers} == {200}
    told = [each.text for each in answers]
    assert told == ["6", "60", "7", "-0.5", "1001", "9007199254740992"]
