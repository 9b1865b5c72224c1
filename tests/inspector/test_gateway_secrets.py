"""No secret of a gateway's clients is in what is shown or written with ``--redact``."""

from __future__ import annotations

import re
from collections import Counter
from itertools import count
from typing import TYPE_CHECKING

import pytest

from inspector.carriers.web.cutting import Cutter, Frame
from inspector.sources.files import read_capture
from protocol import dumps
from tests.inspector.captures import pcap_bytes
from tests.inspector.carriers.websocket.written import (
    CLOSE,
    OPEN,
    SID,
    answered,
    asked,
    engine,
    event,
    packet,
    said,
    switched,
    upgrade,
)
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, SERVER, Wire
from tests.inspector.gateway_evidence import GATEWAYS, evidence
from tests.inspector.over_websocket import GATEWAY, exception

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.inspector.conversation import Conversation

_PLANTED = re.compile(rb"planted-\d{6}")
_CONNECTIONS = 900
_WAYS = (
    ("exchanges", "--json"),
    ("exchanges",),
    ("packets", "--json"),
    ("packets",),
    ("follow", "1"),
    ("follow", "2"),
    ("--json",),
)
_SELDOM_FITS = {
    "socketio-deflate-nest12",
    "ws-deflate-nest12",
    "ws-deflate-alone-nest12",
}
"""Captures of compressed messages, which seldom fit once something is hidden."""


def _planted(wire: Wire) -> int:
    """Plant secrets wherever there is a place for one; return how many."""
    numbers = count()

    def secret() -> str:
        return f"planted-{next(numbers):06}"

    for port in range(_CONNECTIONS):
        link = wire.connect(client=f"10.0.0.1:{20_000 + port}", server=GATEWAY)
        fields = (f"Cookie: {secret()}", f"Authorization: Bearer {secret()}")
        target = engine() if port % 2 else "/"
        link.send(
            CLIENT, upgrade(f"{target}{'&' if port % 2 else '?'}t0={secret()}", *fields)
        )
        link.send(SERVER, switched(f"Set-Cookie: id={secret()}"))
        (_socketio if port % 2 else _plain)(link, secret)
        link.send(CLIENT, said(CLIENT, b"\x03\xe8" + secret().encode(), CLOSE))
    poll = wire.connect(client="10.0.0.1:19999", server=GATEWAY)
    body = packet("2", "login", {"password": secret()})
    poll.send(
        CLIENT, asked("POST", sid=SID, body=f"40{dumps({'a': secret()}).decode()}")
    )
    poll.send(CLIENT, asked("POST", sid=SID, body=body))
    poll.send(SERVER, answered("ok") + answered(secret()))
    return next(numbers)


def _plain(link: Conversation, secret: Callable[[], str]) -> None:
    data = {"password": secret(), "token": secret()}
    link.send(CLIENT, said(CLIENT, event("login", data)))
    failure = event("exception", exception("login", {**data, "password": secret()}))
    link.send(SERVER, said(SERVER, failure))
    link.send(CLIENT, said(CLIENT, secret()) + said(CLIENT, secret(), 0x89))
    text = event("login", {"password": secret()}).encode()
    link.send(CLIENT, said(CLIENT, text[:9], 0x01), said(CLIENT, text[9:], 0x80))


def _socketio(link: Conversation, secret: Callable[[], str]) -> None:
    auth = dumps({"token": secret(), "who": secret()}).decode()
    link.send(SERVER, said(SERVER, OPEN))
    link.send(CLIENT, said(CLIENT, f"40/main,{auth}"))
    link.send(SERVER, said(SERVER, f'44/main,{{"message":"{secret()}"}}'))
    file = {"_placeholder": True, "num": 0, "password": secret()}
    link.send(CLIENT, said(CLIENT, f'451-["login",{dumps(file).decode()}]'))
    link.send(CLIENT, said(CLIENT, secret().encode(), 0x82))
    link.send(
        CLIENT, said(CLIENT, packet("2", "login", {"password": secret()}, number=0))
    )
    link.send(SERVER, said(SERVER, packet("3", {"token": secret()}, number=0)))


def _unmasked(capture: Path) -> bytes:
    """Return all payloads of a capture, and those of frames without their masks."""
    found = []
    for record in read_capture(str(capture)):
        payload = record.data[54:]
        cutter = Cutter()
        cutter.feed(payload)
        while isinstance(piece := cutter.cut(), Frame):
            found.append(piece.payload)
        found.append(payload)
    return b"\n".join(found)


def test_of_ten_thousand_that_were_planted_none_is_shown_or_written(
    tmp_path: Path,
) -> None:
    wire = Wire()
    planted = _planted(wire)
    capture, written = tmp_path / "planted.pcap", tmp_path / "written.pcapng"
    data = pcap_bytes(wire.records)
    capture.write_bytes(data)
    hidden = ["--redact", "auto"]

    assert len(set(_PLANTED.findall(_unmasked(capture)))) > 0.95 * planted
    assert planted > 10_000
    for way in _WAYS:
        head, *rest = way
        words = [head, str(capture), *rest] if head[0] != "-" else [str(capture), head]
        outcome = run(*words, *hidden)
        assert outcome.out
        assert not _PLANTED.findall((outcome.out + outcome.err).encode()), way
    assert run("exchanges", capture, "--write", written, *hidden).code == 0
    assert written.stat().st_size > len(data) // 2
    assert not _PLANTED.findall(_unmasked(written))


_each = pytest.mark.parametrize(
    "capture", GATEWAYS, ids=lambda each: each.name.partition(".")[0]
)


def _told(capture: Path, *options: str) -> Counter[tuple[str, ...]]:
    lines = run("exchanges", capture, "--json", *options).lines
    return Counter(
        (line["kind"], f"{line['route']}", line["outcome"], f"{line.get('data')}")
        for line in lines
        if line["type"] == "exchange"
    )


@_each
@pytest.mark.parametrize("path", ["auto", "data"])
def test_what_is_written_is_read_as_the_same(
    capture: Path, path: str, tmp_path: Path
) -> None:
    written = tmp_path / "written.pcapng"
    redacted = _told(capture, "--redact", path, "--write", str(written))
    again = _told(written)

    if capture.name.partition(".")[0] in _SELDOM_FITS:
        assert again
    else:
        assert again == redacted
    for secret in evidence(capture).secrets:
        assert secret.encode() not in _unmasked(written)


def test_compressed_messages_without_secrets_stay_as_they_were(tmp_path: Path) -> None:
    written = tmp_path / "written.pcapng"
    for capture in GATEWAYS:
        if capture.name.startswith("ws-deflate"):
            redacted = _told(capture, "--redact", "auto", "--write", str(written))
            assert _told(written) == redacted


@pytest.mark.parametrize("transports", ["", "-polling", "-upgrade"])
def test_of_some_exchanges_only_those_are_written(
    transports: str, tmp_path: Path
) -> None:
    written = tmp_path / "written.pcapng"
    (capture,) = (
        each for each in GATEWAYS if each.name == f"socketio{transports}-nest12.pcap"
    )
    some = ("--where", 'route == "sleep" or route == "refuse"')
    wanted = _told(capture, *some)
    assert run("exchanges", capture, *some, "--write", written).code == 0
    assert _told(written) == wanted
