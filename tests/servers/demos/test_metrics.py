from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families as families

from servers.demos.metrics import BUCKETS
from tests.servers.demos.systems import on_the_wire
from tests.servers.demos.twins import KINDS, PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.demos.twins import Kind, Programs

_PATHS = {
    "/sum?num=1,2,3": (200, "6"),
    "/sum?num=10": (200, "10"),
    "/doubles/21": (200, "42"),
    "/doubles/7": (200, "14"),
    "/doubles/2000000": (400, None),
    "/none/1": (404, None),
    "/none/2": (404, None),
}
_COUNTED = {
    ("GET", "/sum", "200"): 2,
    ("GET", "/doubles/:number", "200"): 2,
    ("GET", "/doubles/:number", "400"): 1,
    ("GET", "unmatched", "404"): 2,
}


@pytest.mark.parametrize("calc", KINDS)
@pytest.mark.parametrize("main", KINDS)
def test_every_main_times_requests_that_every_calc_is_asked_for(
    programs: Programs, tmp_path: Path, *, main: Kind, calc: Kind
) -> None:
    with _running(programs, main, calc) as (port, calc_port):
        url = f"http://127.0.0.1:{port}"
        with on_the_wire("metrics", tmp_path, port, calc_port) as shown:
            answers = [httpx.get(url + path, timeout=PATIENCE) for path in _PATHS]
            metrics = httpx.get(f"{url}/metrics", timeout=PATIENCE)

    for answer, (status, text) in zip(answers, _PATHS.values(), strict=True):
        assert answer.status_code == status
        assert text in {None, answer.text}
    _check(metrics, own=main == "python")
    assert '"GET /doubles/:id"  sum' in shown.text


def _check(answer: httpx.Response, *, own: bool) -> None:
    assert answer.headers["content-type"].startswith("text/plain; version=")
    found = {each.name: each for each in families(answer.text)}
    samples = found["http_request_duration_seconds"].samples
    labels = ("method", "path", "status")
    counted, bounds = {}, set()
    for each in samples:
        if each.name.endswith("_count"):
            counted[tuple(each.labels[name] for name in labels)] = each.value
        if each.name.endswith("_bucket"):
            bounds.add(float(each.labels["le"]))
    assert counted == _COUNTED
    assert sorted(bounds) == [*BUCKETS, float("inf")]
    assert ("nest_calls" in found) == own  # what the calls for them took


@contextmanager
def _running(programs: Programs, main: Kind, calc: Kind) -> Iterator[tuple[int, int]]:
    if main == calc == "python":
        with programs.whole("metrics", "http", "calc") as ports:
            yield ports["http"], ports["calc"]
        return
    calc_port = programs.shared("metrics", "calc", calc)
    with programs.running("metrics", "main", main, ports={"calc": calc_port}) as port:
        yield port, calc_port
