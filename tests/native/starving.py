"""Let every allocation of the extension fail once, each in its turn.

    python -m tests.native.starving EXTENSION ALLOCATOR

After each failure there is a MemoryError, nothing was consumed, and nothing is held. In
a process of its own, since the allocator (``failing.c``) stays.
"""

from __future__ import annotations

import gc
import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.native.loading import install, load

if TYPE_CHECKING:
    from collections.abc import Callable

extension, allocator = map(Path, sys.argv[1:])
install(extension)
failing = load(allocator, "failing")

import protocol  # noqa: E402 — with the extension that was installed
from protocol.units import size_of_units  # noqa: E402 — the same

# CPython 3.11 sets no error where the name of a new type cannot be copied.
_FAILURES = {False: (MemoryError,), True: (MemoryError, SystemError)}
_FAR = 1 << 40  # bytes of the stream: no number that Python keeps ready
_FRAMES = protocol.encode_frame(b'{"data":"%b"}' % ("求😀x" * 40).encode()) * 9


def main() -> None:
    """Starve all that the extension does, and say how often."""
    data = b"999#" + b"7" * 999
    text = "求".encode() * 999
    failures = {
        "next_frame": starve(decoder_of, lambda each: each.next_frame()),
        "next_bodies": starve(decoder_of, lambda each: each.next_bodies(limit=64)),
        "whole_body": starve(lambda: data, protocol.whole_body),
        "count_units": starve(lambda: text, protocol.count_units),
        "size_of_units": starve(lambda: text, lambda each: size_of_units(each, 600)),
        "import": starve(lambda: extension, load),
    }
    print(failures)
    assert failures["next_frame"] >= 4, "a body, two numbers, a frame"
    assert failures["next_bodies"] >= 10, "a list, nine bodies, its growth"
    assert failures["import"] >= 2, "the module, the type"


def decoder_of() -> Any:  # noqa: ANN401 — its state is private
    """Return a decoder with frames, far along in a stream."""
    decoder: Any = protocol.FrameDecoder()
    decoder.pass_over(_FAR)
    decoder.receive_data(_FRAMES)
    return decoder


def starve(prepare: Callable[[], Any], work: Callable[[Any], object]) -> int:
    """Fail the first allocation of some work, then the second, and so on.

    Returns:
        How many allocations the work has, all of which have failed.
    """
    work(prepare())  # what is allocated once for all is there
    for number in count():
        given = prepare()
        before = _state(given)
        held = failing.held()
        failing.fail_at(number)
        try:
            result = work(given)
        except _FAILURES[work is load]:
            result = None
            failing.fail_at(-1)
            assert _state(given) == before
        else:
            if failing.waiting():
                failing.fail_at(-1)
                return number
        del result
        gc.collect()
        # What Python leaves over of an import that failed is none of ours.
        assert work is load or failing.held() <= held + 2, "something is left over"
    raise AssertionError


def _state(given: Any) -> object:  # noqa: ANN401
    if not isinstance(given, protocol.FrameDecoder):
        return given
    return given.consumed, given.buffered, given.buffered_units


if __name__ == "__main__":
    failing.install()
    main()
