from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from servers import Client
from servers.demos.sums_grpc import PROTO, make_main
from servers.grpc import Grpc
from tests.servers.demos.systems import on_the_wire
from tests.servers.demos.twins import KINDS, PATIENCE, free_port
from tests.servers.demos.web import asking

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.demos.systems import Shown
    from tests.servers.demos.twins import Kind, Programs


@pytest.mark.parametrize("calc", KINDS)
@pytest.mark.parametrize("main", KINDS)
def test_every_main_asks_every_calc_for_a_sum_and_for_a_stream(
    programs: Programs, tmp_path: Path, *, main: Kind, calc: Kind
) -> None:
    with _running(programs, tmp_path, main, calc) as (port, shown):
        answers = [
            httpx.get(
                f"http://127.0.0.1:{port}/{path}",
                params={"num": num},
                timeout=PATIENCE,
            ).json()
            for path in ("sum", "totals")
            for num in ("1,2,3.5", "1,-1")
        ]

    assert answers == [6.5, 0, [1, 3, 6.5], [1, 0]]
    assert shown.text.count("/sums.Calculator/Sum") == 2
    assert shown.text.count("/sums.Calculator/Totals") == 2
    assert shown.text.count('{"values":[') == 4  # by the names in the file


@contextmanager
def _running(
    programs: Programs, folder: Path, main: Kind, calc: Kind
) -> Iterator[tuple[int, Shown]]:
    """Give the port of HTTP, and what is shown in the end."""
    if main == calc == "python":
        calc_port = free_port()
        ports = {"calc": calc_port}
        with (
            on_the_wire("sums_grpc", folder, calc_port) as shown,
            programs.whole("sums_grpc", "http", ports=ports) as whole,
        ):
            yield whole["http"], shown
        return
    calc_port = programs.shared("sums_grpc", "calc", calc)
    with (
        on_the_wire("sums_grpc", folder, calc_port) as shown,
        programs.running("sums_grpc", "main", main, ports={"calc": calc_port}) as port,
    ):
        yield port, shown


@pytest.mark.parametrize("path", ["/sum?num=1,x", "/totals?num=", "/sum"])
async def test_what_is_no_number_is_refused(path: str) -> None:
    async with asking(make_main(_nobody())) as http:
        answer = await http.get(path)

    assert answer.status_code == 400


async def test_a_service_that_cannot_be_reached_is_a_bad_gateway() -> None:
    async with asking(make_main(_nobody())) as http:
        answer = await http.get("/sum?num=1")

    assert answer.json() == {"statusCode": 502, "message": "Bad Gateway"}


def _nobody() -> Client:
    """Return a client of a service that is not there."""
    return Client(Grpc(f"127.0.0.1:{free_port()}", proto=str(PROTO), package="sums"))
