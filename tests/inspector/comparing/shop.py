"""A shop before and after a change: the captures of ``docs/diff.md``.

``python -m tests.inspector.comparing.shop`` writes them again.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from tests.inspector.captures import ROOT, pcap_bytes
from tests.inspector.comparing.compared import Call, wire_of
from tests.inspector.conversation import MILLISECOND

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = ROOT / "tests" / "data" / "diff"
BEFORE, AFTER = FOLDER / "before.pcap", FOLDER / "after.pcap"


class _Shop:
    """Calls of a shop.

    Args:
        seed: Of all that is random.
        changed: Whether it is the version with the change.
    """

    def __init__(self, seed: int, *, changed: bool) -> None:
        self._random = random.Random(seed)  # noqa: S311 — no secret
        self._changed = changed

    def _time(self, median_ms: float) -> int:
        return round(median_ms * self._random.lognormvariate(0, 0.3) * MILLISECOND)

    def calls(self) -> Iterator[Call]:
        makers = [self._list] * 320 + [self._get] * 60 + [self._create] * 40
        makers += [self._pay] * 50 + [self._report] * 3
        self._random.shuffle(makers)
        for number, make in enumerate(makers):
            yield make(number)
        name = "stock.reserve" if self._changed else "stock.hold"
        for number in range(4):
            yield Call(name, {"id": number}, number, self._time(1))

    def _list(self, number: int) -> Call:
        slow = self._changed and number % 20 == 0
        items = [{"id": number, "price": 9.5}]
        time_ns = self._time(60 if slow else 2)
        data = {"page": number % 7}
        return Call({"cmd": "get_products"}, data, items, time_ns)

    def _get(self, number: int) -> Call:
        product: dict[str, Any] = {"id": number, "name": f"product {number}"}
        if self._changed:
            return Call({"cmd": "get_product"}, number, product, self._time(4))
        return Call(
            {"cmd": "get_product"}, number, product | {"stock": 3}, self._time(4)
        )

    def _create(self, number: int) -> Call:
        created = f"2026-11-{number % 19 + 10}T10:20:30.123Z"
        text = "created" if self._changed else "Product created successfully"
        reply = {"message": text, "data": {"id": number, "createdAt": created}}
        median = 3 if self._changed else 19
        return Call({"cmd": "create_product"}, {"name": "x"}, reply, self._time(median))

    def _pay(self, number: int) -> Call:
        share = 2 if self._changed else 25
        paid: Any = {"paid": True, "by": "card"}
        if number % share == 0:
            paid = ValueError({"status": "error", "message": "card declined"})
        return Call("orders.pay", {"order": number}, paid, self._time(8))

    def _report(self, number: int) -> Call:
        median = 900 if self._changed else 300
        return Call("reports.daily", {"day": number}, {"rows": 3}, self._time(median))


def captures() -> dict[str, bytes]:
    """Return the captures by their names."""
    return {
        file.name: pcap_bytes(wire_of(_Shop(seed, changed=changed).calls()).records)
        for file, seed, changed in ((BEFORE, 1, False), (AFTER, 2, True))
    }


if __name__ == "__main__":
    for name, data in captures().items():
        (FOLDER / name).write_bytes(data)
