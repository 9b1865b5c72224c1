"""Who speaks to the lanes of a ladder: who asks, who is asked, who answers brokers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from inspector.calls.participants import Participant, participants

from .rendering import fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .ladder_rows import Arrow

LEAST_LANE = 14
"""Cells between two lanes."""
_ASKING = {"request", "event"}


class Lane(NamedTuple):
    """Who speaks.

    Attributes:
        speaker: The key of the participant.
        name: What stands above the lane.
        place: The cell in which it is drawn.
    """

    speaker: str
    name: str
    place: int


def lanes(arrows: Sequence[Arrow], width: int) -> list[Lane]:
    """Return the lanes from left to right, as many as there is room for.

    Args:
        arrows: What is drawn between them.
        width: Cells from the first lane to the last.
    """
    speakers = _speakers(arrows)
    shown = speakers[: max(width // LEAST_LANE, 2)]
    roles = [speaker.role for speaker in speakers]
    alone = len({arrow.connection for arrow in arrows}) == 1
    found = []
    for index, speaker in enumerate(shown):
        place = round(index * (width - 1) / max(len(shown) - 1, 1))
        several = roles.count(speaker.role) > 1
        name = _name(speaker, several=several, alone=alone)
        if speaker.name is not None:  # which may be of any length
            name = fit(name, min(cell_len(name), width // len(shown) - 1))
        found.append(Lane(speaker.key, name, place))
    left_out = len(speakers) - len(shown)
    if left_out:
        last = found[-1]
        found[-1] = last._replace(name=f"{last.name} and {left_out} more")
    return found


def speaker_name(speaker: Participant) -> str:
    """Return what to call somebody, whoever else there is."""
    endpoint = speaker.endpoint
    if speaker.role == "client":
        return speaker.name or f"{speaker.title} {endpoint.host}"
    return f"{speaker.name or speaker.title} :{endpoint.port}"


def _speakers(arrows: Sequence[Arrow]) -> list[Participant]:
    """Return those who speak: who asks, whom they reach, who answers through those."""
    connections = dict.fromkeys(arrow.connection for arrow in arrows)
    ends = [end for connection in connections for end in participants(connection)]
    asking = {
        participants(arrow.connection)[0].key
        for arrow in arrows
        if arrow.from_client and arrow.exchange_kind in _ASKING
    }

    def rank(speaker: Participant) -> int:
        if speaker.role in {"server", "broker"}:
            return 1
        return 0 if speaker.role == "client" or speaker.key in asking else 2

    known = {speaker.key: speaker for speaker in reversed(ends)}
    first = dict.fromkeys(speaker.key for speaker in ends)
    return sorted((known[key] for key in first), key=rank)


def _name(speaker: Participant, *, several: bool, alone: bool) -> str:
    """Return the shortest name that tells a speaker from the others."""
    endpoint = speaker.endpoint
    if speaker.role == "client" and speaker.name is None:
        if several:
            return endpoint.host
        return f"client :{endpoint.port}" if alone else "client"
    if speaker.name is None and speaker.role == "server" and several:
        return f":{endpoint.port}"
    return speaker_name(speaker)
