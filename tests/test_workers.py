"""What takes long is begun first, and what shares brokers is run by one worker."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.inspector.captures import ROOT
from tests.patience import PATIENCE
from tests.workers import LONG, TOGETHER, places, unit

_PYTEST = [sys.executable, "-m", "pytest", "-v", "-n", "2", "--dist", "loadfile"]
_RAN = re.compile(r"^\[(gw\d)\] .+ PASSED (\S+)", re.MULTILINE)


@pytest.mark.parametrize("name", TOGETHER + LONG)
def test_what_is_named_is_there(name: str) -> None:
    assert (ROOT / name).exists()
    assert (ROOT / name).is_dir() == (name in TOGETHER)


def test_a_folder_that_shares_is_one_unit_and_else_a_file() -> None:
    assert unit(f"{TOGETHER[0]}a/test_b.py::test_c[x::y]") == TOGETHER[0]
    assert unit("tests/test_b.py::test_c") == "tests/test_b.py"


def test_long_ones_come_first_and_then_those_with_the_most_tests() -> None:
    few, many = "tests/few.py", "tests/many.py"
    nodeids = [f"{few}::a", f"{many}::a", f"{many}::b", f"{LONG[0]}::a"]
    place = places(nodeids)

    assert place[TOGETHER[0]] < place[LONG[0]] < place[many] < place[few]


def test_a_run_of_two_workers_keeps_to_that() -> None:
    files = (
        "tests/test_ci.py",
        *(f"tests/servers/rabbitmq/test_{name}.py" for name in ("frames", "messages")),
        "tests/test_brokers.py",
    )
    said = subprocess.run(
        [
            *_PYTEST,
            "-k",
            "rabbitmq and not RabbitMQServer or free_port or did_not_run",
            *files,
        ],
        check=True,
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        timeout=PATIENCE,
    ).stdout
    ran = _RAN.findall(said)
    shared = {worker for worker, test in ran if test.startswith(TOGETHER)}
    other = [test for worker, test in ran if worker not in shared]

    assert len(shared) == 1
    assert other[0].startswith(LONG)  # and then the others, of which there are more
    assert len(other) > 2
