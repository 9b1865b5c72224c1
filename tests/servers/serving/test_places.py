from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from servers import UsageError
from servers.serving.places import Elsewhere, Place, place_of

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (place_of(), "localhost:3000"),
        (place_of(None, 80), "*:80"),
        (place_of("::1", 80, reuse_port=True), "::1:80"),
        (place_of(uds="run/s"), "run/s"),
        (place_of(uds=Path("run/s")), "run/s"),
        (place_of(fd=3), "file descriptor 3"),
    ],
)
def test_a_place_has_a_name(place: Place, name: str) -> None:
    assert str(place) == name


def test_a_socket_is_a_place() -> None:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        assert str(place_of(sock=sock)) == "the given socket"


@pytest.mark.parametrize(
    ("elsewhere", "words"),
    [
        ({"uds": "s", "fd": 3}, "uds and fd are two places; pass one of them"),
        ({"uds": "s", "fd": 0}, "uds and fd are two places"),
        ({"uds": "s", "reuse_port": True}, "reuse_port is for a host and a port, not"),
        ({"fd": 3, "reuse_port": True}, "not for fd"),
    ],
)
def test_what_excludes_what_is_said(elsewhere: Elsewhere, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        place_of(**elsewhere)


@pytest.mark.parametrize(
    "make",
    [lambda: place_of("h", uds="s"), lambda: place_of(port=1, fd=3)],
)
def test_another_place_excludes_host_and_port(make: Callable[[], Place]) -> None:
    with pytest.raises(UsageError, match="stands in the place of host and port"):
        make()
