r"""Which channels a pattern of ``PSUBSCRIBE`` covers: ``* ? [ab] [^a] [a-c] \\*``.

Source: https://redis.io/docs/latest/commands/psubscribe/; ``util.c`` of redis-server
7.0.15, ``stringmatchlen``.
"""

from __future__ import annotations


def covers_channel(pattern: str, channel: str) -> bool:
    """Whether what is sent to a channel reaches who has subscribed to a pattern.

    In the worst case it takes as many steps as the product of both lengths.
    """
    parts = _parts_of(pattern)
    part = place = 0
    star, since = -1, 0  # the last star, and from where on it takes something
    while place < len(channel):
        if part < len(parts) and parts[part] == "*":
            star, since = part, place
            part += 1
        elif part < len(parts) and _takes(parts[part], channel[place]):
            part, place = part + 1, place + 1
        elif star >= 0:  # it takes one more
            since += 1
            part, place = star + 1, since
        else:
            return False
    return all(each == "*" for each in parts[part:])


def _parts_of(pattern: str) -> list[str]:
    """Return what takes one character each, and the stars, which take any number."""
    parts: list[str] = []
    place = 0
    while place < len(pattern):
        end = place + 1
        if pattern[place] == "\\" and end < len(pattern):
            end += 1
        elif pattern[place] == "[":
            closing = pattern.find("]", end)
            end = len(pattern) if closing < 0 else closing + 1
        parts.append(pattern[place:end])
        place = end
    return parts


def _takes(part: str, character: str) -> bool:
    """Whether a part of a pattern takes a character."""
    if part == "?":
        return True
    if part[0] == "[":
        inside = part[1:].removesuffix("]")
        negated = inside.startswith("^")
        return _is_among(character, inside[negated:]) is not negated
    return part[-1] == character


def _is_among(character: str, inside: str) -> bool:
    """Whether a character is one of those between brackets, or in a range of them."""
    place = 0
    while place < len(inside):
        if inside[place + 1 : place + 2] == "-" and place + 2 < len(inside):
            low, high = sorted((inside[place], inside[place + 2]))
            if low <= character <= high:
                return True
            place += 3
        else:
            if inside[place] == character:
                return True
            place += 1
    return False
