"""People with an address, who are told of or created by calls."""

from __future__ import annotations

from typing import Annotated

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]


class Newcomer(msgspec.Struct):
    """Somebody who is to be created."""

    email: Text


class Person(msgspec.Struct):
    """Somebody who has been created."""

    id: int
    email: str


class People:
    """All who have been created, for as long as the program runs."""

    def __init__(self) -> None:
        self._by_email: dict[str, Person] = {}

    def create(self, newcomer: Newcomer) -> Person:
        """Return the one with this address, who is created but once."""
        fresh = Person(len(self._by_email) + 1, newcomer.email)
        return self._by_email.setdefault(newcomer.email, fresh)
