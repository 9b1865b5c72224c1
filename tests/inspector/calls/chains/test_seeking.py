"""Chains whose truth is known: none is wrong, doubt is marked, most are found."""

from __future__ import annotations

import random

import pytest

from inspector.calls.chains.seeking import Seeker, with_parents
from tests.inspector.calls.chains.exchanges import parents
from tests.inspector.chained import SECOND, Program, Shape, World, judged
from tests.inspector.crowded import Crowd, CrowdShape

_SHAPES = {
    "pods": (Shape(), 3_000, 0.45),
    "pods, all related": (Shape(unrelated=0, equal=0.1), 1_000, 0.7),
    "pods, equal texts": (Shape(equal=0.9, pace_ns=20_000_000), 1_500, 0.3),
    "pods, crowded": (Shape(equal=0.8, pace_ns=300_000, gateways=5), 1_500, 0.15),
    "one address": (Shape(loopback=True, pace_ns=3_000_000), 1_500, 0.1),
    "one address, quiet": (
        Shape(loopback=True, pace_ns=SECOND // 20, strays=0.1, equal=0.1),
        1_500,
        0.3,
    ),
}


@pytest.mark.parametrize("name", _SHAPES)
def test_no_parent_is_wrong(name: str) -> None:
    shape, chains, floor = _SHAPES[name]
    exchanges, truth = World(len(name), shape).exchanges(chains)
    counts = judged(list(with_parents(exchanges)), truth)
    children = sum(parent is not None for parent in truth.values())

    assert counts["wrong"] == counts["invented"] == 0, counts
    assert counts["right"] >= floor * children, counts
    assert counts["doubt has it"] >= 0.5 * counts["doubt"], counts


_CROWDS = {
    "few services": (CrowdShape(pace_ns=SECOND // 33, equal=0.2, services=5), 300, 0.5),
    "sockets": (
        CrowdShape(pace_ns=SECOND // 33, equal=0.5, services=5, sockets=True),
        200,
        0.3,
    ),
}


@pytest.mark.parametrize("name", _CROWDS)
def test_no_parent_is_wrong_where_everything_is_on_one_address(name: str) -> None:
    shape, chains, floor = _CROWDS[name]
    exchanges, truth = Crowd(len(name), shape).exchanges(chains)
    children = sum(parent is not None for parent in truth.values())
    counts = judged(list(with_parents(exchanges)), truth)

    assert counts["wrong"] == counts["invented"] == 0, counts
    assert counts["right"] >= floor * children, counts

    rest = exchanges[len(exchanges) // 3 :]  # the beginning is missing
    counts = judged(list(with_parents(rest)), truth)

    assert counts["wrong"] == counts["invented"] == 0, counts
    assert counts["right"] >= 0.5 * floor * children, counts


def test_the_ports_of_a_service_are_known() -> None:
    shape = CrowdShape(pace_ns=SECOND // 10, equal=0.1, services=4, strays=0)
    world, seeker = Crowd(1, shape), Seeker()
    exchanges, _ = world.exchanges(150)
    list(with_parents(exchanges, seeker))
    known = wrong = 0
    for program in world.programs:
        own = {str(program.endpoint), *_serving(program)}
        for name, connection in program.ports.items():
            found = seeker.service_of(str(connection.client_endpoint))
            known += bool(found) and name != "serves"
            wrong += not found <= own

    assert not wrong
    assert known >= 15


def _serving(program: Program) -> list[str]:
    serves = program.ports.get("serves")
    return [] if serves is None else [str(serves.client_endpoint)]


def test_an_answer_that_many_may_have_had_names_no_parent() -> None:
    exchanges, truth = World(1002, _SHAPES["pods, all related"][0]).exchanges(600)

    assert judged(list(with_parents(exchanges)), truth)["wrong"] == 0


def test_a_beginning_that_is_missing_gives_no_wrong_parent() -> None:
    for seed in range(6):
        exchanges, truth = World(seed).exchanges(60)
        cut = random.Random(seed).randrange(len(exchanges))  # noqa: S311
        rest = exchanges[cut:]
        counts = judged(list(with_parents(rest)), truth)

        assert counts["wrong"] == counts["invented"] == 0


def test_a_chain_is_no_circle() -> None:
    exchanges, _ = World(1).exchanges(300)

    for number, parent in parents(with_parents(exchanges)).items():
        assert parent is None or parent < number


def test_steps_grow_with_the_exchanges() -> None:
    steps = []
    for chains in (300, 1200):
        seeker = Seeker()
        exchanges, _ = World(3, Shape(equal=0.6, pace_ns=SECOND // 10)).exchanges(
            chains
        )
        count = sum(1 for _ in with_parents(exchanges, seeker))
        steps.append(seeker.book.steps / count)

    assert steps[1] < 1.5 * steps[0]


def test_all_come_through_in_order_and_with_what_is_between_them() -> None:
    exchanges, _ = World(2).exchanges(50)
    items = [
        item
        for pair in zip(exchanges, "x" * len(exchanges), strict=True)
        for item in pair
    ]
    passed = list(with_parents(items))

    assert [each for each in passed if each != "x"] == exchanges
    assert passed.count("x") == len(exchanges)
