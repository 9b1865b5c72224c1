"""The captures over NATS have what the applications counted, by a reader of our own."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from tests.inspector.evidence import kept, name_of, text_of
from tests.inspector.nats_evidence import (
    NATS,
    Evidence,
    evidence,
    subject_of,
)
from tests.inspector.nats_wire import Op, Wire

if TYPE_CHECKING:
    from pathlib import Path


each_capture = pytest.mark.parametrize("capture", NATS, ids=name_of)
undisturbed = pytest.mark.parametrize(
    "capture",
    [each for each in NATS if not re.search("restart|spaces", each.name)],
    ids=name_of,
)
"""Those without connections that were lost, over which some of it never went."""


CALM = [
    each
    for each in NATS
    if re.fullmatch("nats-(nest1.|(queue|auth)-nest12)", name_of(each))
]
"""Those in which one thing happens after another."""


def _applications(capture: Path) -> list[tuple[dict[str, Any], list[Op], list[Op]]]:
    """Return each application's own count, what it sent, and what it was sent."""
    wire, seen = Wire(capture), evidence(capture)
    return [
        (each, wire.sent_by(*ports), wire.sent_to(*ports))
        for each in seen.manifest["applications"]
        for ports in [seen.ports(each["role"])]
    ]


def _of_nest(capture: Path) -> list[tuple[dict[str, Any], list[Op], list[Op]]]:
    """Return the same of the applications alone, and not of bare sockets."""
    return [each for each in _applications(capture) if each[0]["program"] != "raw"]


def _subjects(ops: list[Op], *verbs: str) -> Counter[str]:
    return Counter(
        op.subject for op in ops if op.verb in verbs and op.payload is not None
    )


@each_capture
def test_no_packet_is_missing(capture: Path) -> None:
    wire, seen = Wire(capture), evidence(capture)
    addresses = [int(each.rpartition(":")[2]) for each in seen.brokers]

    assert "0 packets dropped by kernel" in seen.manifest["tcpdump"]
    taken = {(a, b) for a, b in wire.opened if (b, a) in wire.opened}
    assert {a for a, b in taken if b in addresses} == set(seen.ports())
    assert {frozenset(pair) for pair in wire.opened} == {
        frozenset(pair) for pair in wire.ended
    } | _routes(seen, wire)


def _routes(seen: Evidence, wire: Wire) -> set[frozenset[int]]:
    """Return the connections between brokers, which outlast their capture."""
    clients = set(seen.ports())
    return {frozenset(pair) for pair in wire.opened if not clients & set(pair)}


@undisturbed
def test_as_much_was_published_as_the_applications_counted(capture: Path) -> None:
    for counted, sent, _ in _applications(capture):
        assert _subjects(sent, "PUB", "HPUB") == counted["published"], counted["role"]
        assert _subjects(sent, "SUB") == counted["subscribed"], counted["role"]


@undisturbed
def test_as_much_was_delivered_as_the_applications_counted(capture: Path) -> None:
    for counted, sent, received in _applications(capture):
        delivered = _subjects(received, "MSG", "HMSG")
        late = Counter({"_INBOX": _late(sent, received)})

        handed = Counter(counted["delivered"])
        assert delivered - late <= handed <= delivered, counted["role"]


def _late(sent: list[Op], received: list[Op]) -> int:
    """Return how many answers came for subscriptions that had been answered before.

    The client library may drop them: the call has its last value, and the UNSUB that
    says so is on its way. It hands over those that came in one read with the last one.
    """
    unsubscribed = {op.words[0] for op in sent if op.verb == "UNSUB"}
    ended: set[str] = set()
    late = 0
    for op in received:
        if op.verb in {"MSG", "HMSG"} and op.words[1] in unsubscribed:
            late += op.words[1] in ended
            if op.verb == "HMSG" or {"isDisposed", "err"} & json.loads(op.body).keys():
                ended.add(op.words[1])
    return late


@each_capture
def test_every_call_was_published_with_its_data(capture: Path) -> None:
    seen = evidence(capture)
    for counted, sent, _ in _of_nest(capture):
        called = Counter(
            (
                each.kind,
                each.subject,
                text_of(each.data),
                text_of([each.headers, each.metadata]),
            )
            for each in seen.expected
            if each.role == counted["role"]
        )

        assert called == _published(sent), counted["role"]


@pytest.mark.parametrize("capture", CALM, ids=name_of)
def test_a_plain_message_takes_five_packets_and_an_event_two(capture: Path) -> None:
    packets = Wire(capture).packets
    plain = evidence(capture).plain()
    taken = [
        sum(
            call.began <= time < end and data.split()[0] in _OF_CALLS
            for time, data in packets
        )
        for call, end in plain
    ]

    assert taken
    assert taken == [5 if call.kind == "message" else 2 for call, _ in plain]


_OF_CALLS = {b"SUB", b"PUB", b"HPUB", b"MSG", b"HMSG", b"UNSUB"}
"""What the packets of a call begin with; others introduce, or ask who is there."""


@each_capture
def test_the_secrets_are_there_for_redaction_to_remove(capture: Path) -> None:
    sent = b"".join(Wire(capture).streams.values()).decode(errors="replace")
    authorized = "nats-auth" in capture.name

    secrets = evidence(capture).manifest["secrets"]
    assert len(secrets) == (3 if authorized else 0)
    assert all(secret in sent for secret in secrets)


@each_capture
def test_every_answer_is_what_its_caller_was_given(capture: Path) -> None:
    for counted, sent, received in _of_nest(capture):
        given = Counter(
            (subject_of(call["pattern"]), text_of(call["data"]), _given(call))
            for call in counted["calls"]
            if call["kind"] == "message" and call["end"] in {"completed", "error"}
            if call["handed"] and call["pattern"] != _HOLES
        )

        assert given == _answered(sent, received), counted["role"]


_HOLES = "holes"
"""A stream with undefined in it, which clients up to Nest 11 take for its end."""


def _given(call: dict[str, Any]) -> str:
    error = call.get("error")
    nobody = isinstance(error, dict) and error.get("$error") == "EmptyResponseException"
    return text_of([call["values"], "503" if nobody else error])


def _answered(sent: list[Op], received: list[Op]) -> Counter[tuple[str, str, str]]:
    """Return the calls whose last answer has come, and what their answers hold."""
    answers: dict[str, list[Op]] = defaultdict(list)
    for op in received:
        if op.verb in {"MSG", "HMSG"}:
            answers[op.words[0]].append(op)
    return Counter(
        (op.subject, kept(packet["data"]), text_of(held))
        for op in sent
        if op.verb in {"PUB", "HPUB"} and op.subject not in {"_INBOX", _HOLES}
        for packet in [json.loads(op.body)]
        if "id" in packet
        for held in [_held(answers[op.words[1]])]
        if held
    )


def _held(answers: list[Op]) -> list[Any] | None:
    """Return the values and the error of a call, as its caller is given them."""
    values: list[Any] = []
    for op in answers:
        if b"NATS/1.0 503" in (op.payload or b""):
            return [values, "503"]
        reply = json.loads(op.body)
        if "err" in reply:
            return [values, reply["err"]]
        if "response" in reply:
            values.append(json.loads(kept(reply["response"])))
        if reply.get("isDisposed"):
            return [values, None]
    return None


def _published(sent: list[Op]) -> Counter[tuple[str, str, str, str]]:
    return Counter(
        (
            "message" if "id" in packet else "event",
            op.subject,
            kept(packet["data"]),
            text_of([op.headers, packet.get("metadata")]),
        )
        for op in sent
        if op.verb in {"PUB", "HPUB"} and op.subject != "_INBOX"
        for packet in [json.loads(op.body)]
    )
