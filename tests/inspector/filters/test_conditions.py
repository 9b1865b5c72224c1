"""Conditions speak of totals and of what they measure in exchanges."""

from __future__ import annotations

import math
from statistics import fmean

import pytest

from inspector.errors import ExpressionError
from inspector.filters.conditions import SEVERITIES, TOTALS, Conditions
from inspector.sources.files import read_capture
from tests.inspector.captures import SHOWCASE
from tests.inspector.conversation import Inspected, Wire, inspected


@pytest.fixture(scope="module")
def showcase() -> Inspected:
    return inspected(read_capture(str(SHOWCASE)))


def broken(condition: str, found: Inspected) -> list[str]:
    conditions = Conditions([condition])
    for exchange in found.exchanges:
        conditions.add(exchange)
    return list(conditions.broken(found.report.summary()))


def test_every_total_is_a_number_of_the_summary(showcase: Inspected) -> None:
    for name in TOTALS:
        assert broken(f"{name} == {showcase.summary[name]}", showcase)
    numbers = {key for key, value in showcase.summary.items() if type(value) is int}
    assert numbers >= set(TOTALS)
    assert numbers - set(TOTALS) == set()


def test_a_carrier_has_totals_of_its_own(showcase: Inspected) -> None:
    tcp = showcase.report.summary().carriers["tcp"]

    assert broken(f"carriers.tcp.messages == {tcp.messages}", showcase)
    assert broken('carriers.tcp.packets_per_message["2"] > 0', showcase)
    assert not broken("carriers.nats.messages >= 0", showcase)


@pytest.mark.parametrize("route", ["square", "tick"])
@pytest.mark.parametrize("percent", [1, 5, 50, 90, 99])
def test_a_quantile_is_the_nearest_rank(
    route: str, percent: int, showcase: Inspected
) -> None:
    latencies = sorted(
        each.latency_ns
        for each in showcase.exchanges
        if each.route == route and each.latency_ns is not None
    )
    rank = math.ceil(percent / 100 * len(latencies))
    expected = latencies[rank - 1]

    assert broken(f'p{percent}("{route}") == {expected}ns', showcase)
    assert not broken(f'p{percent}("{route}") > {max(latencies)}ns', showcase)


def test_what_is_measured_of_chosen_exchanges(showcase: Inspected) -> None:
    squares = [each for each in showcase.exchanges if each.route == "square"]
    latencies = [each.latency_ns for each in squares if each.latency_ns is not None]
    sizes = [each.request_bytes for each in squares]

    assert broken(f'count("square") == {len(squares)}', showcase)
    assert broken(
        f'count(route == "square" and packets == 2) <= {len(squares)}', showcase
    )
    assert broken(f'max("square") == {max(latencies)}ns', showcase)
    assert broken(f'min("square") == {min(latencies)}ns', showcase)
    assert broken(f'sum("square") == {sum(latencies)}ns', showcase)
    assert broken(f'mean("square") - {fmean(latencies)}ns < 1ns', showcase)
    assert broken(f'max("square", request_bytes) == {max(sizes)}', showcase)
    assert broken(f"count() == {len(showcase.exchanges)}", showcase)


def _emitted(*numbers: object) -> Inspected:
    wire = Wire()
    call = wire.connect()
    for number in numbers:
        call.emit("log", {"n": number})
    return inspected(wire.records)


def test_numbers_that_are_no_durations_are_measured_as_they_are() -> None:
    negative, halves = _emitted(-5, -7, -9), _emitted(*[0.5] * 1_500)

    assert broken('max("log", data.n) < 0', negative)
    assert broken('max("log", data.n) == -5 and min("log", data.n) == -9', negative)
    assert broken('p50("log", data.n) == -7 and mean("log", data.n) == -7', negative)
    assert broken('sum("log", data.n) == -21', negative)
    assert broken('p50("log", data.n) == 0.5 and p99("log", data.n) == 0.5', halves)
    assert broken('sum("log", data.n) == 750 and mean("log", data.n) == 0.5', halves)


def test_no_number_is_too_large_to_be_measured() -> None:
    found = _emitted(10**400, 3, "no number", None, [1])

    assert broken('max("log", data.n) > 1e308 and min("log", data.n) == 3', found)
    assert broken('count("log") == 5', found)
    assert broken('sum("log", data.n) > 1', found) == [
        'sum("log", data.n) > 1 holds: sum("log", data.n) is 1.00000e+400'
    ]


def test_sums_are_exact(showcase: Inspected) -> None:
    assert broken('sum("log", data.n) == 0.6', _emitted(0.1, 0.2, 0.3))
    assert broken('mean("log", data.n) == 0.1', _emitted(*[0.1] * 10))
    total = sum(each.request_bytes for each in showcase.exchanges)
    assert broken("sum(true, request_bytes) > 1", showcase) == [
        f"sum(true, request_bytes) > 1 holds: sum(true, request_bytes) is {total:,}"
    ]


def test_without_a_measurement_nothing_is_compared(showcase: Inspected) -> None:
    for function in ("p99", "max", "min", "mean"):
        assert not broken(f'{function}("none") > 0', showcase)
        assert not broken(f'{function}("none") <= 0', showcase)
    assert broken('count("none") == 0', showcase)


def test_a_broken_condition_tells_its_figures(showcase: Inspected) -> None:
    tick = next(each for each in showcase.exchanges if each.route == "tick")
    assert tick.latency_ns == 11_577_000
    conditions = Conditions(
        ["events > 100", 'p99("tick") > 1ms or errors / messages > 50%', "replies > 1"]
    )
    for exchange in showcase.exchanges:
        conditions.add(exchange)
    summary = showcase.summary

    assert list(conditions.broken(showcase.report.summary())) == [
        (
            'p99("tick") > 1ms or errors / messages > 50% holds: '
            f'p99("tick") is 11.6 ms, errors is {summary["errors"]}, '
            f"messages is {summary['messages']}"
        ),
        f"replies > 1 holds: replies is {summary['replies']}",
    ]


def test_there_may_be_no_conditions() -> None:
    assert not Conditions([])
    assert Conditions(["events"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("unanswerd > 0", "no field 'unanswerd', did you mean unanswered?"),
        ('p100("sum") > 1', "no function 'p100', did you mean p10?"),
        ('p99("sum", latency, 3)', "p99 takes no third argument"),
        ("count(rout == 1) > 1", "no field 'rout', did you mean route?"),
        (
            "unanswered >",
            "ends at character 12, after 'unanswered >': expected a value",
        ),
    ],
)
def test_a_wrong_condition_is_named(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        Conditions([text])

    assert str(caught.value) == f"--fail-on: {message}"


def test_findings_are_counted_by_code_and_by_severity(showcase: Inspected) -> None:
    groups = list(showcase.report.findings.values())
    code = groups[0].first.code
    counted = sum(group.count for group in groups if group.first.code == code)
    warnings = sum(each.count for each in groups if each.first.severity == "warning")
    texts = [f'finding("{code}") == {counted}', f'finding("warning") == {warnings}']
    conditions = Conditions(texts)

    assert counted
    assert warnings
    assert list(conditions.broken(showcase.report.summary(), groups)) == [
        f'{texts[0]} holds: finding("{code}") is {counted}',
        f'{texts[1]} holds: finding("warning") is {warnings}',
    ]


@pytest.mark.parametrize(("word", "severity"), list(SEVERITIES.items()))
def test_a_severity_has_a_word(word: str, severity: str, showcase: Inspected) -> None:
    groups = list(showcase.report.findings.values())
    counted = sum(each.count for each in groups if each.first.severity == severity)
    conditions = Conditions([f"{word} == {counted}"])

    assert list(conditions.broken(showcase.report.summary(), groups)) == [
        f"{word} == {counted} holds: {word} is {counted}"
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('unanswered > "0"', 14),
        ('p99("square") > "5ms"', 17),
        ('errors / messages > "5%"', 21),
        ('count(latency > "5ms") > 0', 17),
        ("max(request_bytes, route) > 1 and warnings == true", 47),
        ("unanswered > 5ms", 14),
        ("warnings > 2kB", 12),
        ("count(packets > 3) >= 5%", 23),
        ('finding("unanswered") > 1s', 25),
        ("gap_bytes > 1s", 13),
        ('p99("square") > 5', 17),
        ("5 < max()", 1),
        ('p99("square") > 5kB', 17),
        ('max("square", latency) > 5', 26),
        ('max("square", request_bytes) > 5ms', 32),
        ('p99("square") * 2 > 5', 21),
        ('2 * p99("square") > 5', 21),
        ('p99("square") - p50("square") > 5', 33),
        ("errors / messages > 5ms", 21),
    ],
)
def test_a_comparison_that_never_holds_is_a_mistake(text: str, place: int) -> None:
    with pytest.raises(ExpressionError, match=f"at character {place}") as caught:
        Conditions([text])
    assert caught.value.place == place


@pytest.mark.parametrize(
    "text",
    [
        'p99("square") > 0',
        'p99("square", latency_ns) > 5',
        'p99("square") / p50("square") > 10',
        'p99("square") / 2 > 5',
        'max("square", packets) > 5 and max("square", request_bytes) > 5',
        "gap_bytes > 1kB and unread_bytes > 5",
        "errors / messages > 5% or errors / messages > 0.05",
        "errors * 100 / messages > 5",
        "errors > messages * 5%",
        'max("log", data.size) > 5kB or max("log", data.took) > 5',
    ],
)
def test_a_number_may_be_compared_with_what_measures_the_same(text: str) -> None:
    assert Conditions([text])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('finding("nagle-stal") > 0', "no finding 'nagle-stal', did you mean nagle-st"),
        ("finding(5) > 0", "finding takes one string"),
        ("finding() > 0", "finding takes one string"),
    ],
)
def test_a_finding_that_does_not_exist_is_a_mistake(text: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        Conditions([text])


def test_a_condition_on_a_route_that_does_not_occur_has_nothing_to_judge(
    showcase: Inspected,
) -> None:
    texts = ['p99("squar") > 1ms', 'count(route == "nope") > 1', 'p50("square") > 0']
    conditions = Conditions(texts)
    assert list(conditions.unjudged()) == ["no exchange to judge"]
    for exchange in showcase.exchanges:
        conditions.add(exchange)

    assert list(conditions.unjudged()) == [
        'No exchange has route "squar". Similar routes: square',
        'No exchange has route "nope"',
    ]
