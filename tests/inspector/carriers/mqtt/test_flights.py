from __future__ import annotations

from inspector.carriers.mqtt.flights import MOST, Flight, Flights


def test_a_number_stands_for_its_packet_until_it_is_free() -> None:
    flights = Flights(0, 2)
    flight = Flight(flights.tag(), passes=True)
    flights.begin(7, flight)

    assert flights.get(7) is flight
    assert flights.end(7) is flight
    assert flights.get(7) is None
    assert flights.end(7) is None


def test_tags_of_both_sides_differ() -> None:
    ours, theirs = Flights(0, 2), Flights(1, 2)

    tags = [flights.tag() for flights in (ours, theirs) for _ in range(100)]
    assert len(set(tags)) == 200


def test_the_oldest_are_forgotten_and_one_that_is_used_again_is_new() -> None:
    flights = Flights(0, 2)
    for number in range(MOST):
        flights.begin(number, Flight(number))
    flights.begin(0, Flight(MOST))
    flights.begin(MOST, Flight(MOST))

    assert flights.get(0) == Flight(MOST)
    assert flights.get(1) is None
    assert flights.get(2) == Flight(2)
