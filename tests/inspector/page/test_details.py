from __future__ import annotations

from inspector.page.details import details, pattern_name, remarks, row
from inspector.page.page_limits import USUAL, PageLimits
from inspector.page.trimming import kept
from tests.inspector.captures import ROOT
from tests.inspector.conversation import Wire, inspected
from tests.inspector.page.pages import calls, made, made_of


def test_a_row_says_what_a_list_shows() -> None:
    held = made(calls(2, failing=[2]).records).gathered.exchanges()
    first_ns = held[0].exchange.time_ns

    good, bad = (row(each, each.read(USUAL), first_ns, 0) for each in held)

    assert (good["n"], good["time"], good["pattern"]) == (1, 0, 0)
    assert (good["data"], good["reply"], good["outcome"]) == ("x", "1", "completed")
    assert good["latency"] == held[0].exchange.latency_ns
    assert (good["asked"], good["answered"], good["packets"]) == ([4], [5], 2)
    assert "failed" not in good
    assert (bad["failed"], bad["reply"], bad["style"]) == (True, "error: no", "error")


def test_details_have_payloads() -> None:
    (exchange,) = inspected(calls(1, data="é" * 60).records).exchanges
    limits = PageLimits(one_payload=50)
    held = kept(exchange, limits)

    found = details(held, held.read(limits), 0)

    assert found["body"] == ['"' + "é" * 24, 122]
    assert found["replies"] == [[1, ["1"], None, True]]
    assert found["again"].startswith("protocol-call send 10.0.0.2:8888 sum ")
    assert found["bytes"] == [exchange.request_bytes, exchange.reply_bytes]
    assert "arrows" not in found


def test_remarks_are_findings_and_the_parent() -> None:
    chain = made_of(ROOT / "captures" / "chains" / "chain-nest12.pcap").gathered
    bad = made(calls(1, failing=[1]).records).gathered

    said = {each.number: remarks(each) for each in chain.exchanges()}
    (failed,) = (remarks(each) for each in bad.exchanges())

    assert said[2]["parent"] == 1
    assert said[2]["evidence"] == "socket_id"
    severity, code, message, hint = failed["findings"][0]
    assert (severity, code) == ("warning", "thrown-error")
    assert message
    assert hint


def test_a_reply_without_its_request_has_no_pattern() -> None:
    wire = Wire()
    wire.join().answer("7", 1).answer("8", 1)
    orphan = made(wire.records).gathered.exchanges()[0]

    assert pattern_name(orphan) == "a reply without its request"
