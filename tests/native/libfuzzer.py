"""Let libFuzzer look for streams that C and Python read otherwise (needs clang).

    python -m tests.native.libfuzzer [--minutes N] [--corpus FOLDER]

What it found to be worth keeping stays in the corpus, from where the next run goes on.
A stream that makes a difference, or that a sanitizer stops at, is written to the
current folder, and the exit code is not 0.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from tests.native.building import ROOT, SOURCE, headers, run, sanitized
from tests.native.fuzz import stream

_HARNESS = Path(__file__).with_suffix(".c")
_SANITIZERS = ["-g", "-O1", "-fsanitize=fuzzer,address,undefined"]
_STRICT = "-fno-sanitize-recover=all"
_SEEDS = 200
_LONGEST = 8_192  # bytes of a stream: several of the longest short frames


def main() -> None:
    """Build the fuzzer and run it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--corpus", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus = options.corpus or Path(folder, "corpus")
        seed(corpus)
        seconds = round(60 * options.minutes)
        sys.exit(fuzz(build(Path(folder)), corpus, seconds))


def build(folder: Path) -> Path:
    """Compile and link the fuzzer with this Python; return the program."""
    library = Path(sysconfig.get_config_var("LIBDIR"))
    made = folder / "fuzzer"
    flags = [*_SANITIZERS, _STRICT, *headers()]
    run(
        [
            "clang",
            *flags,
            *(_HARNESS, SOURCE, "-o", made, f"-L{library}", f"-Wl,-rpath,{library}"),
            f"-lpython{sysconfig.get_config_var('LDVERSION')}",
        ]
    )
    return made


def seed(corpus: Path) -> None:
    """Put streams into a corpus to begin with."""
    corpus.mkdir(parents=True, exist_ok=True)
    chance = random.Random(1)  # noqa: S311 — not for secrets
    for number in range(_SEEDS):
        data = chance.randbytes(4) + stream(chance)
        corpus.joinpath(f"seed-{number}").write_bytes(data)


def fuzz(fuzzer: Path, corpus: Path, seconds: int) -> int:
    """Run the fuzzer; return its exit code."""
    environment = {**os.environ, **sanitized()}
    del environment["LD_PRELOAD"]  # it is linked into the program
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), *sys.path])
    options = [f"-max_total_time={seconds}", f"-max_len={_LONGEST}", "-timeout=600"]
    return subprocess.run(
        [fuzzer, *options, corpus], check=False, env=environment
    ).returncode


if __name__ == "__main__":
    main()
