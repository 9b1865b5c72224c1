"""Which talks have plain hops that can be read in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.hopping import HoppingTalk
from inspector.carriers.registry import carriers

if TYPE_CHECKING:
    from inspector.carriers.base import Talk


def test_brokers_have_such_and_nests_tcp_which_has_no_hops_has_none() -> None:
    talks: dict[str, Talk] = {
        name: each.talk(None, whole=True) for name, each in carriers().items()
    }

    for name in ("mqtt", "nats", "rabbitmq", "redis"):
        assert isinstance(talks[name], HoppingTalk)
    assert not isinstance(talks["tcp"], HoppingTalk)
