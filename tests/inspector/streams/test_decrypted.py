from __future__ import annotations

from collections import Counter

from inspector.streams.decrypted import Decrypted


def test_counts_of_parts_add_up() -> None:
    whole, part = Decrypted(), Decrypted(2, Counter({"why": 1}))
    assert not whole

    whole.add(part)
    whole.add(part.copy())

    assert whole == Decrypted(4, Counter({"why": 2}))
    assert whole
    assert part == Decrypted(2, Counter({"why": 1}))
