"""Which tests one worker runs after another, and what is begun first.

``pytest --dist loadfile`` gives a worker one file after the other, those with the most
tests first. Some folders share what takes long to start for a whole run: RabbitMQ, or
Nest in three versions. All files of such a folder go to one worker, which starts that
once. What has few tests that take long would come last, while other workers have
nothing left to do; it is begun first.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from collections.abc import Iterable

TOGETHER = (
    "tests/interop/",
    "tests/servers/demos/",
    "tests/differential/",
    "tests/servers/rabbitmq/",
)
"""Folders whose files one worker runs."""

LONG = (
    "tests/native/test_fuzz.py",
    "tests/inspector/test_brokers_watched.py",
    "tests/inspector/test_damage.py",
    "tests/inspector/wireshark/test_transfers.py",
    "tests/inspector/test_mutations.py",
    "tests/inspector/calls/chains/test_seeking.py",
    "tests/native/test_scanning.py",
    "tests/test_brokers.py",
    "tests/servers/test_soak.py",
    "tests/inspector/sources/proxy/test_proxy.py",
    "tests/inspector/test_memory.py",
    "tests/protocol/test_native.py",
    "tests/inspector/commands/test_proxy.py",
    "tests/inspector/test_gateway_damage.py",
    "tests/test_building.py",
    "tests/test_mutation.py",
    "tests/soak/test_run.py",
)
"""Files of few tests that take half a minute or more."""

_FIRST = TOGETHER + LONG


class Workers(LoadScopeScheduling):  # type: ignore[misc]
    """Gives each worker one file, or one of such folders, after the other."""

    def _split_scope(self, nodeid: str) -> str:
        return unit(nodeid)


def unit(nodeid: str) -> str:
    """Return what a test is run together with: a file, or a folder."""
    file = nodeid.partition("::")[0]
    return next((each for each in TOGETHER if file.startswith(each)), file)


def places(nodeids: Iterable[str]) -> dict[str, int]:
    """Return unit → its place in the order in which workers are given them."""
    sizes = Counter(map(unit, nodeids))
    rest = [name for name, _ in sizes.most_common() if name not in _FIRST]
    return {name: place for place, name in enumerate((*_FIRST, *rest))}
