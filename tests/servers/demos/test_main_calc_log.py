from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.servers.demos.twins import KINDS, PATIENCE

if TYPE_CHECKING:
    from tests.servers.demos.twins import Kind, Programs


@pytest.mark.parametrize("log", KINDS)
@pytest.mark.parametrize("calc", KINDS)
@pytest.mark.parametrize("main", KINDS)
def test_every_main_calls_every_calc_and_tells_every_log(
    programs: Programs,
    capfd: pytest.CaptureFixture[str],
    *,
    main: Kind,
    calc: Kind,
    log: Kind,
) -> None:
    ports = {"calc": programs.shared("main_calc_log", "calc", calc)}
    with (
        programs.running("main_calc_log", "log", log, port_name="log") as log_port,
        programs.running(
            "main_calc_log", "main", main, ports={**ports, "log": log_port}
        ) as port,
    ):
        url = f"http://127.0.0.1:{port}/sum"
        answers = [
            httpx.get(url, params={"num": f"{n},2,3"}, timeout=PATIENCE)
            for n in range(3)
        ]

    assert [(each.status_code, each.text) for each in answers] == [
        (200, "5"),
        (200, "6"),
        (200, "7"),
    ]
    assert "".join(capfd.readouterr()).count("求和1111") == 3
