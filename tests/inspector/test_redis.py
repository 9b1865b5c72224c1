"""Over Redis, every call and event that applications saw is told as they saw it."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from inspector.sources.files import read_capture
from tests.inspector.damage import exchanges_of, is_in_doubt
from tests.inspector.evidence import exchanges_in, name_of
from tests.inspector.redis_evidence import REDIS, evidence, found

if TYPE_CHECKING:
    from pathlib import Path

_PLAIN = {"message": 10, "event": 3}
_NOT_PLAIN = "restart|large|slow-consumer|two-servers"
"""Captures whose payloads take several packets, or go to more than one service."""
_RESTARTED = [each for each in REDIS if "restart" in each.name]


each_capture = pytest.mark.parametrize("capture", REDIS, ids=name_of)
undisturbed = pytest.mark.parametrize(
    "capture", [each for each in REDIS if each not in _RESTARTED], ids=name_of
)
"""Those in which no call was given up before it was published, nor after its reply."""
restarted = pytest.mark.parametrize("capture", _RESTARTED, ids=name_of)


def _port(address: str) -> int:
    return int(address.rpartition(":")[2])


@undisturbed
def test_each_call_and_event_ends_as_its_application_saw_it(capture: Path) -> None:
    assert found(exchanges_in(capture)) == evidence(capture).keys


@restarted
def test_so_it_does_where_the_broker_was_restarted(capture: Path) -> None:
    """But for calls that were given up just then: they may have gone on by themselves.

    Nest 10 publishes what was given up while it waited for its subscription; Nest 12
    does not.
    """
    keys, seen = evidence(capture).keys, found(exchanges_in(capture))
    lost = {each.data for each in keys if each.outcome == "unanswered"}

    assert Counter(
        {each: count for each, count in seen.items() if each.data not in lost}
    ) == Counter({each: count for each, count in keys.items() if each.data not in lost})


@pytest.mark.parametrize(
    "capture",
    [each for each in REDIS if not re.search(_NOT_PLAIN, each.name)],
    ids=name_of,
)
def test_a_plain_message_takes_ten_packets_and_a_plain_event_three(
    capture: Path,
) -> None:
    plain = evidence(capture).plain()
    wanted = Counter((each.key.kind, each.key.route) for each in plain)
    took = Counter(
        (line["kind"], line["route"])
        for line in exchanges_in(capture)
        if line["packets"] == _PLAIN[line["kind"]]
    )

    assert wanted
    assert wanted - took == Counter()


@undisturbed
def test_who_asks_and_who_answers_are_known_on_both_connections(capture: Path) -> None:
    roles = evidence(capture).roles
    for line in exchanges_in(capture):
        role = roles[_port(line["client"])]
        asked, heard, answered = (
            {
                _port(hop["peer"])
                for hop in line["hops"]
                if (hop["leg"], hop["way"]) == stage and not hop.get("overheard")
            }
            for stage in (("request", "in"), ("reply", "out"), ("reply", "in"))
        )
        assert asked == {_port(line["client"])}
        assert {roles[each] for each in asked | heard} == {role}
        handlers = {roles[_port(each)] for each in line["handlers"]}
        assert {roles[each] for each in answered} <= handlers


@each_capture
def test_no_exchange_of_a_complete_capture_is_in_doubt(capture: Path) -> None:
    exchanges = exchanges_of(read_capture(str(capture)))

    assert exchanges
    assert not [each.number for each in exchanges if is_in_doubt(each)]
