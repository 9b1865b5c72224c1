from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from servers.gateways.crowds import Audience, Crowd

if TYPE_CHECKING:
    from protocol import Json


@dataclass
class _Member:
    id: str
    heard: list[str] = field(default_factory=list)

    def put(self, text: str) -> None:
        self.heard.append(text)


class _Speaker:
    def __init__(self, *members: _Member) -> None:
        self.crowd: Crowd[_Member] = Crowd()
        self.written = 0
        for each in members:
            self.crowd.clients[each.id] = each

    def event_text(self, event: str, data: tuple[Json, ...]) -> str:
        self.written += 1
        return f"{event} {data}"


def test_an_event_is_written_once_and_reaches_each_of_those_meant_once() -> None:
    ada, bob, eve = _Member("ada"), _Member("bob"), _Member("eve")
    speaker = _Speaker(ada, bob, eve)
    for room in ("tea", "coffee"):
        speaker.crowd.join(ada, room)
    speaker.crowd.join(bob, "tea")

    assert Audience(speaker).to("tea", "coffee").emit("a") == 2
    assert Audience(speaker, ("tea",)).but(ada).emit("b", 1) == 1
    assert Audience(speaker).emit("c") == 3
    assert Audience(speaker, ("eve",)).emit("d") == 1
    assert Audience(speaker, ("nowhere",)).emit("e") == 0

    assert ada.heard == ["a ()", "c ()"]
    assert bob.heard == ["a ()", "b (1,)", "c ()"]
    assert eve.heard == ["c ()", "d ()"]
    assert speaker.written == 5


def test_whoever_leaves_is_in_no_room_and_enters_none() -> None:
    ada = _Member("ada")
    crowd = _Speaker(ada).crowd
    crowd.join(ada, "tea")
    crowd.join(ada, "coffee")
    crowd.leave(ada, "coffee")
    crowd.leave(ada, "never")

    assert crowd.rooms_of(ada) == {"tea"}
    crowd.dismiss(ada)
    crowd.join(ada, "tea")
    assert crowd.rooms_of(ada) == frozenset()
    assert list(crowd.within(("tea",))) == []
