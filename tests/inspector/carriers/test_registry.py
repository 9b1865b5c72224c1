from __future__ import annotations

import subprocess
import sys
import warnings
from itertools import product

import pytest

from inspector.carriers import registry
from inspector.carriers.base import CarrierWarning, Verdict
from inspector.carriers.guarding import Guarded
from inspector.carriers.nest_tcp.carrier import NestTcp, carrier
from tests.inspector.carriers.lines import Lines
from tests.inspector.carriers.plugged import plugged, registered
from tests.patience import PATIENCE

OURS = list(registry.OURS)
_LINES = "tests.inspector.carriers.lines:lines"


def _changed(**parts: object) -> Lines:
    lines = Lines()
    for name, value in parts.items():
        setattr(lines, name, value)
    return lines


def test_ours_are_there_whatever_is_installed() -> None:
    with registered():
        assert list(registry.carriers()) == OURS
        assert registry.carriers()["tcp"] is carrier


@pytest.mark.parametrize("name", OURS)
def test_a_line_of_registration_is_true(name: str) -> None:
    carrier, entry = registry.carriers()[name], registry.OURS[name]
    own = registry.loaded(carrier)

    assert own is not carrier or name == registry.NEST_TCP
    assert (own.name, getattr(own, "begins", False)) == (name, entry.begins)
    assert carrier.title == own.title
    assert carrier.recognise(b"") == own.recognise(b"")
    for byte in range(256):
        for rest in (b"", b"\0" * 32, b"ET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"):
            beginning = bytes([byte]) + rest
            assert carrier.recognise(beginning) == own.recognise(beginning)
        possible = entry.first is None or byte in entry.first
        assert (own.recognise(bytes([byte])) is not Verdict.OTHER) <= possible


_LINES_OF_HTTP = [
    f"{first}{version}"
    for first in ("GET / HTTP/1.", "POST /?EIO=4 HTTP/1.", "OPTIONS /a?eio=4 HTTP/1.")
    for version in "10"
] + ["HTTP/1.1 200 OK", "HTTP/1.1 101 Switching", "HTTP/1.0 200 OK", "HEAD / HTTP/1.1"]
_FIELDS_OF_HTTP = [
    "",
    "Content-Length: 9\r\n",
    "UPGRADE: WebSocket\r\n",
    "Upgrade: websocket\r\nSec-WebSocket-Protocol: mqtt\r\n",
    "Upgrade: h2c\r\n",
]
_BODIES_OF_HTTP = [b"", b'{"a":1}', b'0{"sid":"a"}', b"4", b'b\x1e42["a"]', b"\x81\x05"]


@pytest.mark.parametrize(
    "name", [name for name, entry in registry.OURS.items() if entry.upgrades]
)
def test_http_that_turns_into_nothing_else_is_told_without_the_carrier(
    name: str,
) -> None:
    carrier = registry.carriers()[name]
    own = registry.loaded(carrier)

    for line, fields, body in product(_LINES_OF_HTTP, _FIELDS_OF_HTTP, _BODIES_OF_HTTP):
        whole = f"{line}\r\n{fields}\r\n".encode() + body
        for end in range(1, len(whole) + 1):
            beginning = whole[:end]
            assert carrier.recognise(beginning) == own.recognise(beginning), beginning


def test_a_carrier_is_loaded_when_a_stream_may_be_its() -> None:
    code = (
        "import sys\nfrom inspector.carriers.registry import carriers\n"
        "kafka = carriers()['kafka']\n"
        "print(kafka.recognise(b'GET '), 'inspector.carriers.kafka' in sys.modules)\n"
        "print(kafka.title, 'inspector.carriers.kafka' in sys.modules)\n"
        "head = b'GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n'\n"
        "ours = [carriers()[each] for each in ('mqtt', 'socketio', 'ws')]\n"
        "print(*{carrier.recognise(head) for carrier in ours})\n"
        "print(*(each for each in sys.modules if each.endswith('.recognition')))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    ).stdout

    place = "inspector.carriers"
    assert printed.splitlines() == [
        "Verdict.OTHER False",
        "Kafka True",
        "Verdict.OTHER",
        f"{place}.nest_tcp.recognition {place}.kafka.recognition",
    ]


def test_those_of_others_come_after_ours_by_the_names_of_their_entries() -> None:
    with registered(b=f"{__name__}:zebra", a=_LINES):
        assert list(registry.carriers()) == [*OURS, "lines", "zebra"]


zebra = _changed(name="zebra")


def test_what_is_not_ours_is_guarded() -> None:
    with registered(lines=_LINES):
        found = registry.carriers()["lines"]

        assert isinstance(found, Guarded)
    assert not any(isinstance(registry.carriers()[name], Guarded) for name in OURS)


def test_a_name_that_nobody_has_is_an_error() -> None:
    with pytest.raises(KeyError):
        registry.carriers()["pigeon"]


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("no_such_package.at_all:carrier", "ModuleNotFoundError: No module named"),
        ("inspector.limits:nothing", "AttributeError"),
        ("tests.inspector.carriers.test_registry:nobody.at_home", "AttributeError"),
        ("inspector.limits:Limits", "it is a class; a carrier is an object of one"),
        ("tests.inspector.carriers.lines:Lines", "it is a class"),
        ("inspector.calls.exchanges", "it lacks brokered, cost, explain, find, mea"),
    ],
)
def test_what_cannot_be_loaded_is_left_out_with_a_warning(
    place: str, reason: str
) -> None:
    with (
        registered(broken=place, lines=_LINES),
        pytest.warns(CarrierWarning, match=rf"^carrier broken \(.*\) .* out: {reason}"),
    ):
        assert list(registry.carriers()) == [*OURS, "lines"]


class Exploding(Lines):
    @property
    def brokered(self) -> bool:  # type: ignore[override]
        raise SystemExit(3)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (_changed(name="Lines"), "its name is 'Lines', not a word in small letters"),
        (_changed(name=""), "its name is ''"),
        (_changed(name=b"lines"), "its name is b'lines'"),
        (_changed(name="a:b"), "its name is 'a:b'"),
        (_changed(title=""), "its title is ''"),
        (_changed(title=None), "its title is None"),
        (_changed(reach=-1), "its reach is -1, not a number of bytes"),
        (_changed(reach=None), "its reach is None"),
        (Exploding(), "SystemExit: 3"),
        (object(), "it lacks .*, recognise, talk, title"),
    ],
)
def test_what_cannot_be_a_carrier_is_left_out_with_a_warning(
    broken: object, reason: str
) -> None:
    with plugged(broken), pytest.warns(CarrierWarning, match=f"left out: {reason}"):
        assert list(registry.carriers()) == OURS


@pytest.mark.parametrize("name", ["a", "a1", "redis-7", "my_own"])
def test_a_name_is_a_word_that_options_and_filters_can_hold(name: str) -> None:
    with plugged(_changed(name=name, reach=0)):
        assert list(registry.carriers()) == [*OURS, name]


def test_of_two_of_one_name_the_first_is_taken_and_the_other_named() -> None:
    with (
        plugged(NestTcp(), Lines(), Lines()),
        pytest.warns(CarrierWarning) as caught,
    ):
        assert list(registry.carriers()) == [*OURS, "lines"]
    assert [str(each.message).partition(": ")[2] for each in caught] == [
        "tcp is inspector.carriers.nest_tcp.carrier:carrier",
        "lines is a_third_party_package:carrier1",
    ]


def test_a_package_that_is_found_twice_is_one() -> None:
    with warnings.catch_warnings(), registered(a=_LINES, b=_LINES):
        warnings.simplefilter("error")

        assert list(registry.carriers()) == [*OURS, "lines"]
