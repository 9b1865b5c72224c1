from __future__ import annotations

import json

import pytest

from inspector.page.data import Origin, origin_names, page_data
from inspector.page.embedding import embedded, encoded
from inspector.page.page_limits import PageLimits
from tests.inspector.captures import ROOT
from tests.inspector.command import run
from tests.inspector.conversation import Wire
from tests.inspector.page.pages import Made, calls, hostile, made, made_of

_FOLDER = ROOT / "captures"
_OVER = {
    "tcp": _FOLDER / "seed-nest12.pcap",
    "nats": _FOLDER / "nats" / "nats-nest12.pcap",
    "redis": _FOLDER / "redis" / "redis-auth-nest11.pcap",
    "mqtt": _FOLDER / "mqtt" / "mqtt-qos-nest12.pcap",
    "kafka": _FOLDER / "kafka" / "kafka-auth-nest12.pcap",
    "grpc": _FOLDER / "grpc" / "grpc-shutdown-nest12.pcap",
    "chains": _FOLDER / "chains" / "chain-nest12.pcap",
}


@pytest.mark.parametrize("carrier", _OVER)
def test_the_figures_are_those_of_the_json_lines(carrier: str) -> None:
    capture = _OVER[carrier]
    *items, summary = run(capture, "--json").lines

    data = made_of(capture).data()

    assert data["summary"] == summary
    health, figures = (
        summary["health"],
        {name: text for name, text, *_ in data["figures"]},
    )
    assert figures["message calls"] == f"{health['calls']:,}"
    assert figures["failed"] == f"{health['failed']:,}"
    assert figures["without a reply"] == f"{health['unanswered']:,}"
    assert data["answers"][0][2] == health["sentence"]
    exchanges = {each["number"]: each for each in items if each["type"] == "exchange"}
    shown = {each["n"]: each for each in data["exchanges"]}
    assert shown.keys() == exchanges.keys()
    for number, each in shown.items():
        line = exchanges[number]
        assert each["packets"] == line["packets"]
        assert each["latency"] == line["latency_ns"]
        assert each["outcome"] == line["outcome"]
    packets = sum(
        summary[each]
        for each in ("data_packets", "pure_acks", "control", "retransmissions")
    )
    packets += summary["keep_alives"] + summary["copies"]
    assert data["packets_seen"] >= packets  # also those that concern Nest alone
    assert data["packets_seen"] == packets or carrier == "redis"


def test_what_is_left_out_is_counted() -> None:
    limits = PageLimits(exchanges=10, payloads=4, packets=12)

    data = made(calls(60, failing=[5]).records, limits).data()

    assert (data["seen"], len(data["exchanges"])) == (60, 10)
    assert [each["n"] for each in data["exchanges"]][:3] == [5, 60, 59]
    assert sorted(map(int, data["details"])) == [5, 58, 59, 60]
    assert len(data["packets"]) == 12 < data["packets_seen"]
    assert sum(data["time"]["all"]) == 60


def test_payloads_have_a_budget_which_the_worst_have_first() -> None:
    limits = PageLimits(payload_bytes=10_500)

    data = made(calls(10, failing=[2], data="z" * 1600).records, limits).data()

    assert sorted(map(int, data["details"])) == [2, 9, 10]


@pytest.mark.parametrize("letter", ["<", "求", "&", "x"])
def test_all_parts_are_bounded_by_their_bytes_in_the_page(letter: str) -> None:
    limits = PageLimits(row_bytes=9_000, payload_bytes=10_000, packet_bytes=4_000)
    found = made(calls(99, failing=[2], data=letter * 700).records, limits)
    data = page_data(found.report, found.gathered, Origin(["-"]))
    size = {name: len(embedded(each).encode()) for name, each in data.items()}

    assert 5_000 < size["exchanges"] + size["connections"] <= 9_200
    assert 6_000 < size["details"] <= 10_200
    assert 3_000 < size["packets"] <= 4_200
    assert [each["n"] for each in data["exchanges"]][:2] == [2, 99]
    assert all(len(embedded(each["data"])) <= 302 for each in data["exchanges"])
    assert data["seen"] == 99


def test_a_capture_without_nest_says_so() -> None:
    wire = Wire()
    wire.connect(server="10.0.0.2:80").send(0, b"\x16\x03\x01\x00\x01\x00")  # type: ignore[arg-type]

    data = made(wire.linger().records).data()
    empty = made([]).data()

    for each in (data, empty):
        assert each["answers"] == [["", "", "No packet of Nest was seen."]]
        assert each["title"] == "No packet of Nest was seen · some.pcap"
        assert (each["exchanges"], each["wire"], each["patterns"]) == ([], None, None)
    assert empty["capture"]["begin"] == ""


def test_a_page_names_files_and_no_folders() -> None:
    found = made(calls(1).records)
    origin = Origin(
        ["/home/somebody/a b.pcap"],
        repeated=["--name", "x=y"],
        redacted=False,
        problems=["a b.pcap: truncated in packet 9"],
        file="/tmp/page.html",  # noqa: S108 — a name
    )

    data = page_data(found.report, found.gathered, origin)

    assert "/home" not in json.dumps(data)
    assert origin_names(found.report, origin).startswith("'a b.pcap' --name")
    assert data["command"] == (
        "protocol-inspect 'a b.pcap' --name x=y --html page.html --no-redact"
    )
    assert data["capture"]["problems"] == ["a b.pcap: truncated in packet 9"]
    assert origin_names(found.report, Origin(["-"])) == ""


def test_what_is_hidden_is_said() -> None:
    grpc = made_of(ROOT / "captures" / "grpc" / "grpc-nest12.pcap.gz")
    plain = made(calls(1).records)

    def said(found: Made, **more: bool) -> str:
        origin = Origin(["some.pcap"], **more)  # type: ignore[arg-type]
        return str(page_data(found.report, found.gathered, origin)["hidden"])

    assert said(plain) == "Passwords, tokens and other secrets are hidden."
    assert said(grpc).endswith("--proto FILE names one.")
    assert said(grpc, described=True) == said(plain)
    assert said(grpc, redacted=False).startswith("Nothing is hidden")


def test_whatever_a_capture_holds_can_be_encoded() -> None:
    text = encoded(page_data_of_hostile())

    assert json.loads(text)["seen"] == 4


def page_data_of_hostile() -> object:
    found = made(hostile().records)
    return page_data(found.report, found.gathered, Origin(["some.pcap"]))
