import os
import subprocess
import sys

from inspector.calls.chains.origins import Origins

_COLLIDING = """
from inspector.calls.chains.origins import Origins
origins = Origins()
origins.ask(str(number) for number in range(100_000))
print([n for n in range(100_000, 101_000) if origins.has_rare([str(n)])])
"""


def test_a_value_is_rare_that_came_in_once() -> None:
    origins = Origins()
    origins.ask(["Ada", "hello"])
    origins.ask(["hello"])

    assert origins.has_rare(["Ada"])
    assert origins.has_rare(["hello", "Ada"])
    assert not origins.has_rare(["hello"])


def test_what_replies_pass_on_inside_one_another_came_in_once() -> None:
    origins = Origins()
    origins.answer(["inside"], 0, 100)
    origins.answer(["inside"], 10, 90)
    origins.answer(["again"], 0, 100)
    origins.answer(["again"], 200, 300)

    assert origins.has_rare(["inside"])
    assert not origins.has_rare(["again"])


def test_counts_do_not_overflow() -> None:
    origins = Origins()
    for _ in range(1_000):
        origins.ask(["hello"])

    assert not origins.has_rare(["hello"])


def test_what_is_rare_is_the_same_in_each_run() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", _COLLIDING],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(said) == 1
