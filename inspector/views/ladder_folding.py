"""Who shares a lane of a ladder where there are more participants than lanes.

What is too much is folded in this order, until the rest has room: those who ask into
one lane; of those who answer all but the ones with findings, and then with most
exchanges, into ``n others``; at last all who answer. A broker keeps its lane.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.words import plural
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.calls.participants import Participant

ASKS, BETWEEN, ANSWERS = 0, 1, 2
"""Places of those who ask, of brokers, and of those who answer: from left to right."""
_LISTED = 8
"""Members of a lane that are listed below; of more, what their addresses share."""
_TELLING = 3
"""Lanes of their own are worth it for a third of the exchanges, or for findings."""


class Speaker(NamedTuple):
    """A participant, and what decides whether it keeps a lane of its own.

    Attributes:
        participant: Who it is.
        side: ``ASKS``, ``BETWEEN`` or ``ANSWERS``.
        trouble: Whether a finding or an error is drawn on one of its connections.
        exchanges: Rows of frames on its connections.
    """

    participant: Participant
    side: int
    trouble: bool = False
    exchanges: int = 0


class Group(NamedTuple):
    """Those who share a lane; mostly one alone.

    Attributes:
        members: Who they are.
        side: Theirs.
        noun: What several are called: ``client``, ``server``, ``other``.
    """

    members: tuple[Participant, ...]
    side: int
    noun: str = ""

    @property
    def title(self) -> str:
        """The heading of the lane of several: ``4 clients``, ``90 servers 10.*``."""
        name = plural(len(self.members), self.noun)
        return name if self.listed else f"{name} {_shared(self.members)}"

    @property
    def listed(self) -> bool:
        """Whether they are few enough to be listed below the ladder."""
        return len(self.members) <= _LISTED


def fold(speakers: Sequence[Speaker], most: int) -> list[Group]:
    """Return who shares a lane with whom, from left to right.

    Args:
        speakers: All of them, those who ask first.
        most: Lanes that there is room for, at least 2.
    """
    if len(speakers) <= most:
        return [_alone(speaker) for speaker in speakers]
    asking = [each for each in speakers if each.side == ASKS]
    brokers = [each for each in speakers if each.side == BETWEEN]
    answering = [each for each in speakers if each.side == ANSWERS]
    left = _together(asking, "client")
    middle = [_alone(speaker) for speaker in brokers]
    if len(left) + len(middle) + bool(answering) > max(most, 3):
        middle = _together(brokers, "broker")  # no terminal has room for them
    room = most - len(left) - len(middle)
    return left + middle + _fold_answering(answering, room)


def tell_apart(members: Sequence[Participant]) -> list[str]:
    """Return the names of those who share a lane, or the ends of their addresses.

    Where not all have names of their own these are the shortest ends that differ.
    """
    called = [each.name or "" for each in members]
    if all(called) and _distinct(called):
        return called
    ports = [str(each.endpoint.port) for each in members]
    hosts = [each.endpoint.host for each in members]
    if _distinct(hosts):
        return _tails(hosts)
    if _distinct(ports):
        return [f":{port}" for port in ports]
    unique = list(dict.fromkeys(hosts))
    tails = dict(zip(unique, _tails(unique), strict=True))
    return [f"{tails[host]}:{port}" for host, port in zip(hosts, ports, strict=True)]


def members_listed(group: Group) -> str:
    """Return the members as they are listed below: the first one's address in full."""
    told = tell_apart(group.members)
    if told == [each.name for each in group.members]:
        return " ".join(told)
    endpoints = [each.endpoint for each in group.members]
    by_host = all(each.role == "client" for each in group.members)
    alike = len({each.port for each in endpoints}) == 1
    if not (by_host or alike):
        return " ".join(map(str, endpoints))
    first = endpoints[0].host if by_host else str(endpoints[0])
    return " ".join([first, *told[1:]])


def _alone(speaker: Speaker) -> Group:
    return Group((speaker.participant,), speaker.side)


def _together(speakers: Sequence[Speaker], noun: str) -> list[Group]:
    if not speakers:
        return []
    members = tuple(each.participant for each in speakers)
    return [Group(members, speakers[0].side, noun)]


def _fold_answering(speakers: Sequence[Speaker], room: int) -> list[Group]:
    """Return the lanes of those who answer: as many as there are, one at the least."""
    if len(speakers) <= room:
        return [_alone(speaker) for speaker in speakers]
    peers = {each.participant.role for each in speakers} == {"peer"}
    worst = sorted(speakers, key=lambda each: (not each.trouble, -each.exchanges))
    kept = worst[: max(room - 1, 0)]
    exchanges = sum(each.exchanges for each in speakers)
    known = sum(each.exchanges for each in kept) * _TELLING >= exchanges
    if not kept or not (known or any(each.trouble for each in kept)):
        return _together(speakers, "handler" if peers else "server")
    own = [_alone(each) for each in speakers if each in kept]
    return own + _together([each for each in speakers if each not in kept], "other")


def _distinct(texts: Sequence[str]) -> bool:
    return len(set(texts)) == len(texts)


def _tails(hosts: Sequence[str]) -> list[str]:
    """Return the last parts of addresses, as many as tell all of them apart."""
    parts = [_parts(host) for host in hosts]
    for depth in range(1, max(map(len, parts))):
        tails = ["".join(each[-depth:]) for each in parts]
        if _distinct(tails):
            return tails
    return list(hosts)


def _parts(host: str) -> list[str]:
    """Return ``10``, ``.0``, ``.0``, ``.7``: the parts with their separators."""
    mark = "." if "." in host else ":"
    first, *others = host.split(mark)
    return [first, *(mark + each for each in others)]


def _shared(members: Sequence[Participant]) -> str:
    """Return what the addresses of members have in common: ``10.3.0.*:8888``."""
    parts = [_parts(each.endpoint.host) for each in members]
    depth = 0
    while all(depth < len(each) and each[depth] == parts[0][depth] for each in parts):
        depth += 1
    ports = {each.endpoint.port for each in members}
    alike = len(ports) == 1 and members[0].role != "client"
    host = "".join(parts[0][:depth])
    mark = parts[0][-1][0] if depth and depth < len(parts[0]) else ""
    port = f":{ports.pop()}" if alike else ""
    return f"{host}{mark}*{port}" if depth < len(parts[0]) else f"{host}{port or ':*'}"
