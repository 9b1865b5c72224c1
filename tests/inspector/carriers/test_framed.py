"""Which talks let others cut their frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.framed import FramedTalk, framed
from inspector.carriers.registry import carriers

if TYPE_CHECKING:
    from inspector.carriers.base import Talk


def test_frames_of_nests_tcp_may_be_cut_by_others_and_no_unit_of_a_broker() -> None:
    talks: dict[str, Talk] = {
        name: each.talk(None, whole=True) for name, each in carriers().items()
    }

    assert isinstance(talks["tcp"], FramedTalk)
    assert not isinstance(talks["nats"], FramedTalk)
    for talk in talks.values():
        assert (framed(talk) is talk) == isinstance(talk, FramedTalk)
        assert (framed(talk) is None) != isinstance(talk, FramedTalk)
