"""Of a third-party carrier that hides no channels nothing is shown, where it should."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.carriers.base import CarrierWarning, Errand, Idle, Transfer, Trouble
from inspector.carriers.guarding import Guarded
from inspector.carriers.watching import ShownError, Watch, check_hidden
from inspector.redaction.texts import Redaction
from protocol import Event, Request, Response
from tests.inspector.captures import pcap_bytes
from tests.inspector.carriers.pigeons import PORT, flight, pigeons
from tests.inspector.carriers.toy.pigeon_post import carrier
from tests.inspector.command import run

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.carriers.base import Unit

_HIDES = ["*"]
_TOLD = b"pigeon 1 ring 4711\ntell log 1\n"
_REPLY = Transfer(side=1, begin=0, end=1, packet=Response("1"), body=b"{}")
_EVENT = Transfer(side=0, begin=0, end=1, packet=Event("a"), body=b"{}")


def _errand(*channels: str) -> Errand:
    return Errand(side=0, begin=0, end=1, verb="sub", channels=channels)


@pytest.mark.parametrize(
    "unit",
    [
        _EVENT,
        Transfer(
            side=1, begin=0, end=1, packet=Response("1"), body=b"{}", channel="a.reply"
        ),
        _errand("a"),
        Idle(side=0, begin=0, end=1, verb="sub", channels=("a",)),
    ],
)
def test_what_names_a_channel_is_not_shown_if_none_is_hidden(unit: Unit) -> None:
    watch = Watch(Redaction((), _HIDES))

    with pytest.raises(ShownError, match=r"\Ait hides no channels\Z"):
        check_hidden(watch, [_REPLY, unit])
    assert watch.channel(b"users") == b"xxxx1"
    check_hidden(watch, [unit])


@pytest.mark.parametrize("said", [_REPLY, _errand(), Response("1")])
def test_what_names_none_has_nothing_to_hide(said: Unit | Response) -> None:
    check_hidden(Watch(Redaction((), _HIDES)), [said])


@pytest.mark.parametrize("packet", [Event("a"), Request("a", "1")])
def test_a_packet_of_an_express_way_names_one(packet: Event | Request) -> None:
    with pytest.raises(ShownError):
        check_hidden(Watch(Redaction((), _HIDES)), [packet])


def test_without_channels_to_hide_nothing_is_asked_of_it() -> None:
    check_hidden(None, [_EVENT])
    check_hidden(Watch(Redaction(["auto"])), [_EVENT])


def test_it_hides_what_it_is_asked_to() -> None:
    watch = Watch(Redaction(["data"], _HIDES))

    assert watch.hides_channels
    assert watch.body(b'{"data":"ab"}') == b'{"data":"xx"}'
    assert watch.words("no 'ab'") == "no '…'"
    assert not watch.asked
    assert watch.addressed(b'{"pattern":"ab"}') == b'{"pattern":"x1"}'
    assert watch.asked


def test_a_carrier_that_asks_for_none_fails_before_anything_is_shown() -> None:
    talk = Guarded(carrier).talk(Redaction((), _HIDES), whole=True)
    with pytest.warns(CarrierWarning, match=r"ShownError: it hides no channels"):
        units = talk.receive(0, _TOLD, 0)

    (trouble,) = units
    assert isinstance(trouble, Trouble)
    assert trouble.code == "carrier-failure"


@pytest.mark.parametrize("command", ["report", "packets", "exchanges", "ladder"])
def test_the_command_says_so_and_shows_no_pattern(command: str, tmp_path: Path) -> None:
    capture, written = tmp_path / "pigeons.pcap", tmp_path / "written.pcapng"
    capture.write_bytes(pcap_bytes(flight().records))
    options: list[str | Path] = [command, capture, "--carrier", f"pigeon:{PORT}"]
    with pigeons():
        shown = run(*options)
    with pigeons():
        hidden = run(*options, "--redact-channel", "*", "--write", written)

    assert "login" in shown.out
    assert "login" not in hidden.out
    assert "it hides no channels; the rest of its connection is not" in hidden.err
    assert b"login" not in written.read_bytes()
