from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.servers.demos.places import CALL, Elasticsearch, elasticsearch, logstash
from tests.servers.demos.systems import on_the_wire
from tests.servers.demos.twins import KINDS, PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.demos.systems import Shown
    from tests.servers.demos.twins import Kind, Programs


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elasticsearch]:
    with elasticsearch(tmp_path_factory.mktemp("noida")) as running:
        yield running


@pytest.mark.parametrize("calc", KINDS)
@pytest.mark.parametrize("main", KINDS)
def test_the_calls_of_every_calc_are_in_all_places_and_beside_the_exchanges(
    programs: Programs,
    database: Elasticsearch,
    tmp_path: Path,
    *,
    main: Kind,
    calc: Kind,
) -> None:
    index = f"{main}-{calc}"
    with logstash() as inputs:
        places = ",".join([*inputs.urls, database.url(index)])
        with _running(programs, tmp_path, main, calc, places) as (port, shown):
            for numbers in ("1,2,3", "4"):
                url = f"http://127.0.0.1:{port}/sum?num={numbers}"
                assert httpx.get(url, timeout=PATIENCE).status_code == 200
        lines = inputs.awaited(4)

    for each in (*lines.values(), database.found(index, event_dataset_keyword=CALL)):
        assert sorted(map(_in_short, each)) == [
            ("event", "log", False),
            ("event", "log", False),
            ("message", "sum", True),
            ("message", "sum", True),
        ]
    database.load(index, shown.text.splitlines())
    for line in lines["tcp"]:
        if "id" in line["nest"]:
            _check_beside(
                line, database.found(index, nest_id_keyword=line["nest"]["id"])
            )


def _in_short(line: dict[str, Any]) -> tuple[str, str, bool]:
    assert line["event"]["duration"] > 0
    assert line["event"]["outcome"] == "success"
    assert line["client"]["address"] == "127.0.0.1"
    nest = line["nest"]
    return nest["kind"], nest["route"], "id" in nest


def _check_beside(line: dict[str, Any], found: list[dict[str, Any]]) -> None:
    """Find the call in the log and in the capture, by its id."""
    by_dataset = {each["event"]["dataset"]: each for each in found}
    assert len(found) == 2
    assert by_dataset["nest.call"] == line
    exchange = by_dataset["nest.exchange"]
    assert exchange["client"]["port"] == line["client"]["port"]
    assert exchange["event"]["duration"] > 0


@contextmanager
def _running(
    programs: Programs, folder: Path, main: Kind, calc: Kind, places: str
) -> Iterator[tuple[int, Shown]]:
    environment = {"LOG_TO": places}
    if main == calc == "python":
        with (
            programs.whole("logs", "http", "calc", environment=environment) as ports,
            on_the_wire("logs", folder, ports["calc"]) as shown,
        ):
            yield ports["http"], shown
        return
    with (
        programs.running(
            "logs", "calc", calc, port_name="calc", environment=environment
        ) as calc_port,
        on_the_wire("logs", folder, calc_port) as shown,
        programs.running(
            "logs", "main", main, ports={"calc": calc_port, "user": calc_port}
        ) as port,
    ):
        yield port, shown
