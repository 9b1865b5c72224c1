from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest

from tests.servers.demos.systems import on_the_wire
from tests.servers.demos.twins import KINDS, PATIENCE
from tests.servers.kafka.brokers import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.demos.twins import Kind, Programs


@pytest.mark.parametrize("calc", KINDS)
@pytest.mark.parametrize("main", KINDS)
def test_every_main_asks_every_calc_over_kafka_and_tells_it_what_it_logs(
    programs: Programs,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    *,
    main: Kind,
    calc: Kind,
) -> None:
    with running("mock") as url:
        broker = urlsplit(url).port or 0
        with (
            on_the_wire("sums_kafka", tmp_path, broker) as shown,
            _running(programs, {"kafka": broker}, main, calc) as ports,
        ):
            answers = [
                httpx.get(
                    f"http://127.0.0.1:{port}/sum",
                    params={"num": "1,2,3.5"},
                    timeout=PATIENCE,
                )
                for port in ports
            ]

    assert [(each.status_code, each.text) for each in answers] == [(200, "6.5")] * 2
    assert "Kafka connections" in shown.text
    assert "sum" in shown.text
    assert "log" in shown.text
    assert "".join(capfd.readouterr()).count("求和1111") == 1


@contextmanager
def _running(
    programs: Programs, ports: dict[str, int], main: Kind, calc: Kind
) -> Iterator[tuple[int, int]]:
    """Give the ports of HTTP of both programs."""
    if main == calc == "python":
        with programs.whole("sums_kafka", "http", "calc_http", ports=ports) as whole:
            yield whole["http"], whole["calc_http"]
        return
    with (
        programs.running(
            "sums_kafka", "calc", calc, port_name="calc_http", ports=ports
        ) as calc_http,
        programs.running("sums_kafka", "main", main, ports=ports) as port,
    ):
        yield port, calc_http
