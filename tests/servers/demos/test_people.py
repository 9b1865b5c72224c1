from __future__ import annotations

from servers.demos.people import Newcomer, People, Person


def test_the_same_address_is_created_once() -> None:
    people = People()
    created = [people.create(Newcomer(email)) for email in ("a@b", "c@d", "a@b")]

    assert created == [Person(1, "a@b"), Person(2, "c@d"), Person(1, "a@b")]
