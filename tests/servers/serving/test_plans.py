from __future__ import annotations

import pytest

from servers import UsageError
from servers.serving.places import Place
from servers.serving.plans import DEFAULT_GRACE, Plan, plan_of


def test_a_plan_has_what_is_usual() -> None:
    assert plan_of() == Plan(Place("localhost", 3000), None, None, DEFAULT_GRACE, 0.0)


def test_a_plan_has_what_was_passed() -> None:
    plan = plan_of("::1", 1, grace=2, drain=3, health_port=4, reuse_port=True)
    place = Place("::1", 1, reuse_port=True)
    assert plan == Plan(place, Place("::1", 4), grace=2, drain=3)


def test_probes_of_what_has_no_host_are_answered_at_all_addresses() -> None:
    assert plan_of(uds="s", health_port=4).probes == Place(None, 4)
    assert plan_of(fd=0, health_port=0).probes == Place(None, 0)


def test_two_places_are_refused() -> None:
    with pytest.raises(UsageError, match="two places"):
        plan_of(uds="s", fd=3)
