from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from protocol import loads
from tests.inspector.captures import pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import Wire

if TYPE_CHECKING:
    from tests.inspector.command import Run

_ROOT = Path(__file__).parents[3]
CHAINS = _ROOT / "captures" / "chains" / "rooms-rabbitmq.pcap"
"""A client, a gateway over Socket.IO, RabbitMQ and a worker, recorded from Nest 12."""
_PARENTS = {2: 1, 3: 1, 5: 4, 6: 4, 8: 7, 10: 9, 12: 11, 13: 11, 14: 11, 15: 11, 17: 16}
"""What the client and the gateway did, as they said themselves."""


def _chain(*words: str | Path) -> Run:
    return run("chain", *words)


def test_every_exchange_of_the_gateway_has_its_parent() -> None:
    lines = run("exchanges", CHAINS, "--json").lines

    assert {e["number"]: e["parent"] for e in lines if "parent" in e} == _PARENTS
    assert {e["parent_evidence"] for e in lines if "parent" in e} == {"data", "answer"}
    report = run(CHAINS, "--json").lines
    assert {e["number"]: e["parent"] for e in report if "parent" in e} == _PARENTS


def test_all_chains_are_listed() -> None:
    listed = _chain(CHAINS).out.splitlines()

    assert [line.split()[0] for line in listed[1:]] == [
        "#1", "#4", "#7", "#9", "#11", "#16",
    ]  # fmt: skip
    assert listed[-1].endswith("by #17")


def test_the_chain_of_an_exchange_is_a_tree_with_its_sum() -> None:
    for number in ("7", "#8"):
        lines = _chain(CHAINS, number).out.splitlines()

        assert lines[1].startswith("#7 rsumAck")
        assert lines[2].startswith("└─ #8 sum")
        assert "took 8 packets over 2 carriers: 2 Socket.IO, 6 RabbitMQ." in lines[4]


def test_a_failure_names_the_call_that_failed_before() -> None:
    said = _chain(CHAINS, "16").out

    assert "✗ #16 failed after #17 fail had failed for it, “不行”." in said


def test_a_line_of_json_for_each_chain() -> None:
    lines = [loads(line) for line in _chain(CHAINS, "--json").out.splitlines()]

    assert [each["number"] for each in lines] == [1, 4, 7, 9, 11, 16]
    assert lines[-1]["tree"]["failed_by"] == 17
    assert lines[2]["carriers"] == {"socketio": 2, "rabbitmq": 6}


@pytest.mark.parametrize(
    ("where", "numbers"),
    [("outcome == 'error'", [16]), ("carrier == 'rabbitmq' and route == 'log'", [9])],
)
def test_chains_are_chosen_by_any_of_their_exchanges(
    where: str, numbers: list[int]
) -> None:
    lines = [
        loads(line)
        for line in _chain(CHAINS, "--json", "--where", where).out.splitlines()
    ]

    assert [each["number"] for each in lines] == numbers


def _recorded(path: Path, *, ahead_ms: int, side: str) -> Path:
    """Return what a host has seen of two requests, each with a call, by its clock."""
    wire = Wire()
    client = wire.connect(client="10.0.0.1:5000", server="10.0.0.2:80")
    inner = wire.connect(client="10.0.0.2:6000", server="10.0.0.3:80")
    for number in range(20):
        client.ask("outer", f"o{number}", f"text {number}")
        wire.wait(2_000_000)
        inner.ask("inner", f"i{number}", {"of": f"text {number}"})
        wire.wait(3_000_000)
        inner.answer(f"i{number}", 1)
        wire.wait(1_000_000)
        client.answer(f"o{number}", 1)
    seen = [
        replace(record, time_ns=record.time_ns + ahead_ms * 1_000_000)
        for record in wire.records
        if side == "gateway" or b"\x0a\x00\x00\x03" in record.data
    ]
    path.write_bytes(pcap_bytes(seen))
    return path


def test_two_hosts_whose_clocks_differ_have_seen_the_same_trees(tmp_path: Path) -> None:
    gateway = _recorded(tmp_path / "gateway.pcap", ahead_ms=0, side="gateway")
    service = _recorded(tmp_path / "service.pcap", ahead_ms=20, side="service")
    alone = [loads(line) for line in _chain(gateway, "--json").out.splitlines()]
    both = [loads(line) for line in _chain(gateway, service, "--json").out.splitlines()]

    assert [each["exchanges"] for each in alone] == [2] * 20
    assert [_shape(each["tree"]) for each in both] == [
        _shape(each["tree"]) for each in alone
    ]


def _shape(tree: dict[str, Any]) -> tuple[int, str, list[Any]]:
    return tree["number"], tree["route"], [_shape(each) for each in tree["children"]]


_CAUSES = {
    ("rabbitmq", '{"cmd":"send"}'): "send",
    ("rabbitmq", '{"cmd":"keep"}'): '{"cmd":"send"}',
    ("rabbitmq", '{"cmd":"recv"}'): '{"cmd":"send"}',
    ("socketio", "recv"): '{"cmd":"recv"}',
    ("rabbitmq", '{"cmd":"history"}'): "history",
}
"""Of a chat: what its programs do for which route."""


@pytest.mark.parametrize("name", ["chain-nest12", "chain-python-nest12"])
def test_a_chat_on_one_address_is_one_tree_a_message(name: str) -> None:
    chat = CHAINS.with_name(f"{name}.pcap")
    lines = run("exchanges", chat, "--json").lines

    assert {e["number"]: e["parent"] for e in lines if "parent" in e} == {
        2: 1, 3: 2, 4: 2, 5: 4, 7: 6, 9: 8, 10: 9, 11: 9, 12: 11, 14: 13,
        16: 15, 17: 16, 18: 16, 19: 18, 21: 20,
    }  # fmt: skip
    assert "? " not in _chain(chat, "--doubtful", "1").out


def test_two_gateways_on_one_address_are_told_apart() -> None:
    chat = CHAINS.with_name("chain-two-gateways-nest12.pcap")
    lines = {e["number"]: e for e in run("exchanges", chat, "--json").lines}
    told = [each for each in lines.values() if "parent" in each]

    assert len(told) == 30  # all that no client has sent
    for each in told:
        parent = lines[each["parent"]]
        assert parent["route"] == _CAUSES[each["carrier"], each["route"]]
        assert _texts(each) <= _texts(parent)


def _texts(line: dict[str, Any]) -> set[str]:
    said = line.get("data", {})
    return {said["room"], said.get("text", said["room"])}


def test_of_fifty_who_say_the_same_each_is_told_by_its_socket() -> None:
    many = CHAINS.with_name("chain-many-nest12.pcap.gz")
    lines = {e["number"]: e for e in run("exchanges", many, "--json").lines}
    told = [each for each in lines.values() if "parent" in each]

    assert len(told) == 150  # what asks for the history, and what keeps, is in doubt
    for each in told:
        parent = lines[each["parent"]]
        assert parent["route"] == _CAUSES[each["carrier"], each["route"]]
        sockets = {
            one["data"]["metadata"]["socket_id"]
            for one in (each, parent)
            if one["carrier"] == "rabbitmq"
        }
        ends = {one["client"] for one in (each, parent) if one["carrier"] == "socketio"}
        assert (len(sockets), len(ends)) in {(1, 0), (1, 1)}


@pytest.mark.parametrize(
    ("name", "parents"),
    [
        (
            "seed-nest12",
            {2: 1, 3: 1, 5: 4, 6: 4, 8: 7, 9: 7, 11: 10, 12: 10, 14: 13, 15: 13},
        ),
        ("two-services-nest12", {2: 1, 3: 1, 5: 4, 6: 4, 8: 7, 9: 7, 11: 10}),
        (
            "web-nest12",
            {
                2: 1, 3: 2, 5: 4, 6: 5, 8: 7, 9: 8, 10: 7, 11: 10, 18: 17, 20: 19,
                22: 21, 25: 24, 26: 25, 27: 24, 28: 27, 29: 24, 30: 29, 32: 31, 33: 32,
                35: 34,
            },
        ),
    ],
)  # fmt: skip
def test_requests_of_http_are_roots_of_their_calls(
    name: str, parents: dict[int, int]
) -> None:
    capture = _ROOT / "captures" / f"{name}.pcap"
    lines = [loads(line) for line in _chain(capture, "--json").out.splitlines()]
    found: dict[int, int] = {}
    for line in lines:
        _gather(line["tree"], found)

    assert found == parents


def _gather(tree: dict[str, Any], found: dict[int, int]) -> None:
    for child in tree["children"]:
        found[child["number"]] = tree["number"]
        _gather(child, found)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (
            ("7", "--where", "packets > 1"),
            "exchange 7 chooses the chain: leave out --where and --grep",
        ),
        (("--write", "x.pcapng"), "chain writes no captures: exchanges --write does"),
    ],
)
def test_what_it_cannot_do_is_said_in_one_line(
    words: tuple[str, ...], reason: str
) -> None:
    outcome = _chain(CHAINS, *words)

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.splitlines()[-1].endswith(reason)


def test_where_nothing_is_sure_it_says_how_much_may_be(tmp_path: Path) -> None:
    wire = Wire()
    for port, sent in ((5000, "hello"), (5001, "hello")):
        wire.connect(client=f"10.0.0.1:{port}", server="10.0.0.2:80").emit("a", sent)
    inner = wire.connect(client="10.0.0.2:6000", server="10.0.0.3:80")
    inner.emit("b", "hello")
    capture = tmp_path / "two.pcap"
    capture.write_bytes(pcap_bytes(wire.linger().records))

    assert _chain(capture).err.endswith(
        "no exchange is known to have caused another; 1 exchange may be of a chain, "
        "which --doubtful shows\n"
    )


def test_requests_of_http_are_the_roots_of_the_calls_of_an_application() -> None:
    chains = _chain(_ROOT / "captures" / "seed-nest12.pcap", "--json").out.splitlines()
    trees = [loads(line)["tree"] for line in chains]

    assert {each["route"] for each in trees} == {"GET /sum"}
    for each in trees:
        assert {child["carrier"] for child in each["children"]} == {"tcp"}


def test_what_is_not_there_is_said_in_one_line() -> None:
    none = _chain(CHAINS, "99")
    assert none.code != 0
    assert none.err.endswith("exchange 99: no such exchange\n")

    alone = _chain(_ROOT / "captures" / "showcase-nest12.pcap")
    assert alone.code == 0
    assert alone.err.endswith("no exchange is known to have caused another\n")


def test_a_diagram_has_an_arrow_for_each_request_and_reply() -> None:
    lines = _chain(CHAINS, "7", "--format", "mermaid").out.splitlines()

    assert lines[0] == "sequenceDiagram"
    assert sum("->>" in line for line in lines) == 4
    assert sum("participant" in line for line in lines) == 3
