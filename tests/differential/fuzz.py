"""Compare with real Nest for as long as it is told, on fresh seeds.

::

    python -m tests.differential.fuzz --minutes 5
    python -m tests.differential.fuzz --seed 80653481     one seed again

Prints every divergence on the smallest case that shows it, and how many were compared.
Exits with 1 when there was a divergence.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from typing import Any

from tests.differential.comparison import BATCH, Topic, fresh_seed
from tests.differential.oracle import VERSIONS, Nests
from tests.differential.topics import TOPICS

_ROUND = 8 * BATCH  # questions of each topic, before the clock is asked again
_TESTED = 20_000  # questions that a test makes of a seed


def main() -> int:
    """Return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", help="compare what this seed makes, and no more")
    options = parser.parse_args()
    end = time.monotonic() + 60 * options.minutes
    compared: Counter[str] = Counter()
    count = _TESTED if options.seed else _ROUND
    divergences = 0
    with Nests.start() as nests:
        while not compared or (time.monotonic() < end and not options.seed):
            seed = options.seed or fresh_seed()
            for topic in TOPICS:
                divergences += _compare(topic, nests, seed, count)
                compared[topic.name] += count
    counts = ", ".join(f"{count:,} {name}" for name, count in compared.items())
    print(f"{counts}, each with {' '.join(VERSIONS)}: {divergences} divergences")
    return 1 if divergences else 0


def _compare(topic: Topic[Any], nests: Nests, seed: str, count: int) -> int:
    found = 0
    for divergence in topic.compare(nests, seed, count):
        print(f"seed {seed}, {topic.name}\n{divergence}", flush=True)
        found += 1
    return found


if __name__ == "__main__":
    raise SystemExit(main())
