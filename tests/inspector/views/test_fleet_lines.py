from __future__ import annotations

import json

from msgspec.structs import replace

from inspector.fleet.report import Cause, Shared, Translated
from inspector.views.fleet_lines import fleet_json
from tests.inspector.fleet.test_overview import REPORT
from tests.inspector.fleet.test_woven import CHAINS


def test_chains_have_lines_and_the_totals_say_what_is_in_doubt() -> None:
    lines = [json.loads(each) for each in fleet_json(replace(REPORT, chains=CHAINS))]
    route, tree, totals = lines[-3:]

    assert (route["type"], route["route"], route["causing"]) == (
        "chain_route",
        "order",
        2,
    )
    assert [(each["route"], each["calls"]) for each in route["causes"]] == [("pay", 2)]
    assert (tree["type"], tree["exchanges"], tree["depth"]) == ("chain", 3, 3)
    assert tree["tree"]["children"][0]["evidence"] == "data"
    assert totals["in_doubt"] == 2


def test_a_line_for_each_thing_and_the_totals_last() -> None:
    report = replace(
        REPORT,
        causes=[Cause("a", "tcp", "x", "message", "tcp", "y", 1, 1, 1, 1)],
        shared=[Shared("b", "a", 9, 1, 0.0, 0, 0, 0)],
        translated=[Translated("10.96.0.1:80", "10.1.0.1:8888", 3)],
        readdressed=3,
    )
    lines = [json.loads(line) for line in fleet_json(report)]

    kinds = [line["type"] for line in lines]
    assert kinds == [
        *["source"] * 2,
        "clock",
        "translation",
        *["service"] * 2,
        *["finding"] * 3,
        "cause",
        "fleet",
    ]
    assert lines[-1] == {
        "type": "fleet",
        "sources": 2,
        "packet_records": 0,
        "connections": 2,
        "packets": 7,
        "messages": 8,
        "events": 4,
        "errors": 2,
        "unanswered": 1,
        "slow": 0,
        "seen_by_several": 11,
        "readdressed": 3,
        "problems": 0,
    }
    assert lines[5]["client"] == "api-1"
