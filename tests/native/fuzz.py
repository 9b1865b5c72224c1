"""Compare C with Python on streams that nobody would think of.

    python -m tests.native.fuzz [--count N | --minutes N] [--seed N] [--extension FILE]

The streams are made of frames, and then damaged: bytes are changed, left out, repeated
and exchanged. The same seed gives the same streams. ``make fuzz-native`` does it with
the coverage of the C code as guide; see ``libfuzzer.c``.
"""

from __future__ import annotations

import argparse
import random
import time
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from tests.native.loading import install

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PARTS = [
    *(b"#", b"10#", b"99#", b"100#", b"999#", b"1000#", b"010#", b"9#", b"0#"),
    *("é".encode(), "求".encode(), "😀".encode(), "\ud7ff\ue000".encode()),
    *(b"\xed\xa0\x80", b"\xf0\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xc0\xaf"),
    *(
        b"\xe0\x9f\xbf",
        b"\xf5",
        b"\xff",
        b"\x80",
        b"\xf0\x9f\x98",
        b"\xe6\xb1",
        b"\xc3",
    ),
    *(b"0123456789", b"abcdefgh", b"\x00" * 8),
]
_ALPHABETS = ("x", "é", "求", "😀", "xé", "x求", "é求", "求😀", "xé求😀")
_LENGTHS = (0, 5, 6, 7, 8, 9, 10, 60, 99, 100, 101, 500, 998, 999, 1_000)


def main() -> None:
    """Compare until enough was compared, or raise at the first difference."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000, help="streams to compare")
    parser.add_argument(
        "--minutes", type=float, help="time to take, whatever the count"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--extension", type=Path, help="the build to compare")
    options = parser.parse_args()
    if options.extension is not None:
        install(options.extension)
    from tests.native.both import check  # noqa: PLC0415 — imports what was installed

    done = compare(check, options.seed, _wanted(options.count, options.minutes))
    print(f"{done:,} streams are read alike by C and by Python")


def _wanted(number: int, minutes: float | None) -> Iterator[object]:
    if minutes is None:
        yield from range(number)
        return
    end = time.monotonic() + 60 * minutes
    for each in count():
        if time.monotonic() > end:
            return
        yield each


def compare(check: Callable[[bytes], None], seed: int, turns: Iterator[object]) -> int:
    """Check a stream at every turn; return how many there were."""
    chance, done = random.Random(seed), 0  # noqa: S311 — not for secrets
    for _ in turns:
        check(damaged(chance, chance.randbytes(4) + stream(chance)))
        done += 1
    return done


def stream(chance: random.Random) -> bytes:
    """Return frames, and what resembles them."""
    return b"".join(_part(chance) for _ in range(chance.randrange(6)))


def _part(chance: random.Random) -> bytes:
    if chance.random() < 0.3:
        return chance.choice(_PARTS)
    length = chance.choice(_LENGTHS)
    text = "".join(chance.choices(chance.choice(_ALPHABETS), k=length))
    units = len(text.encode("utf-16-le")) // 2 + chance.choice((0, 0, 0, 0, 1, -1))
    return b"%d#%b" % (units, text.encode())


def damaged(chance: random.Random, data: bytes) -> bytes:
    """Return data with some damage after its first four bytes; often none."""
    for _ in range(chance.choice((0, 0, 1, 1, 2, 4))):
        start = chance.randint(4, len(data))
        end = min(start + chance.choice((0, 1, 1, 2, 8)), len(data))
        put = chance.choice((b"", chance.choice(_PARTS), chance.randbytes(1)))
        data = data[:start] + put + data[end:]
    return data


if __name__ == "__main__":
    main()
