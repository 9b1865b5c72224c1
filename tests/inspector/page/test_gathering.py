from __future__ import annotations

import pytest

from inspector.calls.plain import PlainExchange
from inspector.page.gathering import Gathering
from inspector.page.page_limits import PageLimits
from tests.inspector.conversation import Wire
from tests.inspector.page.pages import Made, calls, made
from tests.inspector.plainly import Kept, mostly_plain


def test_exchanges_have_what_was_found_about_them() -> None:
    gathered = made(calls(3, failing=[2]).records).gathered

    codes = {
        each.number: [finding.code for finding in each.findings]
        for each in gathered.exchanges()
    }
    assert "thrown-error" in codes[2]
    assert codes[1] == codes[3] == []


def test_what_many_show_together_is_said_of_each_of_them() -> None:
    wire = Wire()
    call = wire.connect()
    for number in range(4):
        call.ask("report", str(number), {"n": number})
        wire.wait(2_000_000_000)
        call.answer(str(number), number)
    gathered = made(wire.linger().records).gathered

    slow = [
        [finding.code for finding in each.findings] for each in gathered.exchanges()
    ]
    assert slow == [["slow-pattern"]] * 4


def test_calls_are_counted_when_more_come_than_are_kept() -> None:
    gathered = made(
        calls(60, failing=range(1, 11)).records, PageLimits(exchanges=8, payloads=4)
    ).gathered

    assert gathered.seen == gathered.calls.count == 60
    assert gathered.failures.count == 10
    assert len(gathered.exchanges()) < 30


@pytest.mark.parametrize(
    ("size", "limits"),
    [(1, PageLimits()), (4000, PageLimits()), (1, PageLimits(payloads=4))],
    ids=["small", "large", "forgotten"],
)
def test_what_failures_share_is_said_of_them_whatever_is_left_of_them(
    size: int, limits: PageLimits
) -> None:
    failing = range(1, 60, 6)
    gathered = made(
        calls(60, failing=failing, data="x" * size).records, limits
    ).gathered

    said = {
        each.number
        for each in gathered.exchanges()
        if any(finding.conclusion is not None for finding in each.findings)
    }
    assert said == set(failing)


@pytest.mark.parametrize("server", ["10.0.0.1:8888", "10.0.0.2:8888"])
@pytest.mark.parametrize("limits", [PageLimits(packets=0), PageLimits(20, payloads=5)])
def test_what_is_plain_is_gathered_like_any_other(
    server: str, limits: PageLimits
) -> None:
    records = mostly_plain(server)
    kept, gathered = Kept(records), Gathering(limits)
    for item in kept.items:
        if isinstance(item, PlainExchange):
            gathered.add_plain(item)
        else:
            gathered.add(item)
    gathered.finish()

    page, expected = Made(gathered, kept.report).data(), made(records, limits).data()
    for each in (page, expected):  # which only a page of a file has
        each["packets"] = each["packets_seen"] = None
    assert page == expected
    assert kept.plain
