"""Names in the room of a column: where two are alike when they are cut, they are not.

A name is cut before its end. Names that would look alike then show the places where
they differ instead::

    cmd:orders.eu.customers.create      cmd:…rs.eu.…ate
    cmd:orders.us.customers.create      cmd:…rs.us.…ate
    cmd:users.find                      cmd:users.find

What differs only in how often something is repeated, or in more places than there are
cells, may need more room than there is; :func:`least_room` says how much is enough.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from .cells import cell_len
from .rendering import ELLIPSIS, cut_middle, fit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

_MOST = 10_000
"""Names that are remembered: whoever asks for more patterns reads none of them."""
_TRIES = 4
"""Names from which one that comes later is told apart."""


class ShortNames:
    """How names are written in some cells.

    Args:
        width: How many they are.
        names: Those that are known before any is written.
    """

    def __init__(self, width: int, names: Iterable[str] = ()) -> None:
        self._width = width
        self._forms: dict[str, str] = {}
        self._taken: dict[str, str] = {}
        groups = _groups(names, width)
        places = _places(_alike(groups))
        for form, group in groups.items():
            for name in group:
                at = places.get(name)
                self._keep(name, _showing(name, at, width) if at else form)

    def cut(self, name: str) -> str:
        """Return a name in exactly these cells.

        One that was not known before looks like none of those that were, if it can.
        """
        form = self._forms.get(name)
        if form is None:
            form, at = cut_middle(name, self._width), list[int]()
            while (taken := self._taken.get(form)) and len(at) < _TRIES:
                at.append(min(_shared(name, taken), len(name) - 1))
                form = _showing(name, sorted(at), self._width)
            self._keep(name, form)
        return form

    def collides(self, name: str) -> bool:
        """Whether a name that is new looks like another, if it is cut as usual."""
        return (
            name not in self._forms
            and self._taken.get(cut_middle(name, self._width), name) != name
        )

    @property
    def known(self) -> Collection[str]:
        """The names that were written or known, but for those after very many."""
        return self._forms.keys()

    def _keep(self, name: str, form: str) -> None:
        if len(self._forms) < _MOST:
            self._forms[name] = form
            self._taken.setdefault(form, name)


def least_room(names: Iterable[str], least: int, most: int) -> int:
    """Return the fewest cells in which no two names look alike.

    Args:
        names: The names.
        least: The fewest cells that are tried.
        most: The most cells that there are.

    Returns:
        Cells in which they differ as they are usually cut; if there are none, those in
        which the places can be shown where they do; if not even these, ``most``.
    """
    first = alike = _alike(_groups(names, least))
    for width in range(least, most + 1):
        alike = _alike(_groups(alike, width))
        if not alike:  # more room shows more of both ends: the others differ as well
            return width
    needed = [cell_len(_written(*each)) for each in _places(first).items()]
    return min(max(least, *needed), most)


def _alike(groups: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the names that look like others."""
    return [name for each in groups.values() if len(each) > 1 for name in each]


def _groups(names: Iterable[str], width: int) -> dict[str, list[str]]:
    """Return what names look like when they are cut → those that look so."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in dict.fromkeys(names):
        groups[cut_middle(name, width)].append(name)
    return groups


def _places(names: Iterable[str]) -> dict[str, list[int]]:
    """Return for each name the places where it leaves others, in their order."""
    places: dict[str, list[int]] = {name: [] for name in names}
    groups = [sorted(places)]
    while groups:
        group = groups.pop()
        if len(group) > 1:
            shared = _shared(group[0], group[-1])
            for name in group:
                places[name].append(min(shared, len(name) - 1))
            after = itemgetter(slice(shared, shared + 1))
            groups += [list(part) for _, part in groupby(group, after)]
    return places


def _shared(name: str, other: str) -> int:
    """Return how many characters two names have in common at their beginning."""
    pairs = enumerate(zip(name, other, strict=False))
    ends = min(len(name), len(other))
    return next((place for place, (own, its) in pairs if own != its), ends)


def _showing(name: str, places: Sequence[int], width: int) -> str:
    """Return a name in some cells, with what stands at some places, and around them.

    The last places go first where there is room for few; the last place of all stands
    for the end as well.
    """
    if cell_len(name) <= width:
        return fit(name, width)
    last, shown = len(name) - 1, set[int]()
    for place in [*reversed(places), last, 0]:
        _show(name, place, shown, width)
    grown = -1
    while grown != len(shown):
        grown = len(shown)
        for place in sorted(shown):
            _show(name, place + 1, shown, width)
            _show(name, place - 1, shown, width)
    return fit(_written(name, shown), width)


def _show(name: str, place: int, shown: set[int], width: int) -> None:
    """Add a place to those that are shown, if there is one and it has room."""
    more = {*shown, place}
    if 0 <= place < len(name) and cell_len(_written(name, more)) <= width:
        shown.add(place)


def _written(name: str, shown: Collection[int]) -> str:
    """Return a name of which some places are shown, and gaps have an ellipsis."""
    parts, after = list[str](), 0
    for place in sorted(shown):
        parts.append(ELLIPSIS * (place > after) + name[place])
        after = place + 1
    return "".join(parts) + ELLIPSIS * (after < len(name))
