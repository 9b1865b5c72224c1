"""Who speaks to the lanes of a ladder: who asks, who is asked, who answers brokers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from inspector.calls.participants import Participant, participants
from protocol.named_tuple import NamedTuple

from .ladder_folding import (
    ANSWERS,
    ASKS,
    BETWEEN,
    Group,
    Speaker,
    fold,
    members_listed,
    tell_apart,
)
from .ladder_rows import Arrow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .ladder_rows import Row

LEAST_LANE = 18
"""Cells between two lanes."""
_ASKING = {"request", "event"}
_TROUBLE = {"warning", "error"}


class Lane(NamedTuple):
    """Who speaks, or who of several do.

    Attributes:
        name: The heading of the lane.
        place: The cell in which it is drawn.
        group: Who speaks there.
    """

    name: str
    place: int
    group: Group


class Lanes:
    """The lanes from left to right, as many as there is room for.

    Args:
        rows: What is drawn between them.
        width: Cells from the first lane to the last.
    """

    def __init__(self, rows: Sequence[Row], width: int) -> None:
        speakers = _speakers(rows)
        self._groups = fold(speakers, max(width // LEAST_LANE + 1, 2))
        self._single = len({row.connection for row in rows}) == 1
        self._places: dict[str, int] = {}
        self._told: dict[str, str] = {}
        self.lanes = list(self._placed(speakers, width))
        self.places = {lane.place for lane in self.lanes}

    def _placed(self, speakers: Sequence[Speaker], width: int) -> Iterator[Lane]:
        everybody = [each.participant for each in speakers]
        for index, group in enumerate(self._groups):
            place = round(index * (width - 1) / max(len(self._groups) - 1, 1))
            self._places |= dict.fromkeys((each.key for each in group.members), place)
            alone = len(group.members) == 1 and group.members[0].role == "peer"
            told = tell_apart(group.members) if group.noun and not alone else ()
            keys = [each.key for each in group.members]
            self._told |= dict(zip(keys, told or [""] * len(keys), strict=True))
            yield Lane(self._title(group, everybody), place, group)

    def _title(self, group: Group, everybody: Sequence[Participant]) -> str:
        if len(group.members) > 1:
            return group.title
        speaker = group.members[0]
        if self._single and speaker.role == "client" and speaker.name is None:
            return f"client :{speaker.endpoint.port}"
        if speaker.role == "peer" and speaker.name is None:
            title = "handler" if group.side == ANSWERS else speaker.title
            return f"{title} {_place_of(speaker, everybody)}"
        return _name(speaker, everybody)

    def place(self, speaker: Participant) -> int:
        """Return the cell of somebody's lane; of one that came late, of the like."""
        place = self._places.get(speaker.key)
        if place is not None:
            return place
        asks = speaker.role in {"client", "peer"}
        like = [lane for lane in self.lanes if (lane.group.side == ASKS) is asks]
        return (like or self.lanes)[-1].place

    def told(self, speaker: Participant) -> str:
        """Return what tells somebody from others on the lane; nothing for one alone."""
        found = self._told.get(speaker.key)
        return speaker.name or speaker.key if found is None else found

    def legend(self) -> Iterator[tuple[str, str]]:
        """Yield each lane of several, and who they are."""
        for lane in self.lanes:
            if len(lane.group.members) > 1 and lane.group.listed:
                yield lane.name, members_listed(lane.group)


def speaker_name(speaker: Participant) -> str:
    """Return what to call somebody, whoever else there is."""
    endpoint = speaker.endpoint
    if speaker.role == "client":
        return speaker.name or f"{speaker.title} {endpoint.host}"
    return f"{speaker.name or speaker.title} :{endpoint.port}"


def _speakers(rows: Sequence[Row]) -> list[Speaker]:
    """Return those who speak: who asks, whom they reach, who answers through those."""
    connections = dict.fromkeys(row.connection for row in rows)
    ends = [end for connection in connections for end in participants(connection)]
    asking = {
        participants(row.connection)[0].key
        for row in rows
        if isinstance(row, Arrow) and row.from_client
        if row.exchange_kind in _ASKING
    }
    known = {end.key: end for end in reversed(ends)}
    first = dict.fromkeys(end.key for end in ends)
    troubled, exchanges = _weights(rows)
    speakers = [
        Speaker(known[key], _side(known[key], asking), key in troubled, exchanges[key])
        for key in first
    ]
    # Who is asked and asks others stands after those who only ask.
    return sorted(speakers, key=lambda each: (each.side, _is_server(each)))


def _is_server(speaker: Speaker) -> bool:
    return speaker.participant.role == "server"


def _weights(rows: Sequence[Row]) -> tuple[set[str], Counter[str]]:
    """Return who has findings or errors, and how many rows of frames each has."""
    troubled, exchanges = set(), Counter[str]()
    for row in rows:
        keys = [end.key for end in participants(row.connection)]
        words = row.label if isinstance(row, Arrow) else row.words
        if any(role in _TROUBLE for _, role in words):
            troubled.update(keys)
        if isinstance(row, Arrow) and row.exchange_kind:
            exchanges.update(keys)
    return troubled, exchanges


def _side(speaker: Participant, asking: set[str]) -> int:
    if speaker.role == "broker":
        return BETWEEN
    if speaker.role == "server":  # it asks others only where its chains are known
        return ASKS if speaker.key in asking else ANSWERS
    return ASKS if speaker.role == "client" or speaker.key in asking else ANSWERS


def _place_of(speaker: Participant, everybody: Sequence[Participant]) -> str:
    """Return the shortest place that tells a peer of a broker from the others."""
    endpoint = speaker.endpoint
    hosts = [each.endpoint.host for each in everybody if each.role == "peer"]
    if len(set(hosts)) == 1:
        return f":{endpoint.port}"
    return endpoint.host if hosts.count(endpoint.host) == 1 else str(endpoint)


def _name(speaker: Participant, everybody: Sequence[Participant]) -> str:
    """Return the shortest name that tells a speaker from the others."""
    endpoint = speaker.endpoint
    like = [each.endpoint for each in everybody if each.role == speaker.role]
    if speaker.name is not None:
        return speaker_name(speaker)
    if speaker.role == "client":
        return endpoint.host if len(like) > 1 else "client"
    if speaker.role != "server" or len(like) == 1:
        return speaker_name(speaker)
    alone = len({each.host for each in like}) == 1
    return f":{endpoint.port}" if alone else str(endpoint)
