"""Who may read, asked over HTTP as browsers ask."""

from __future__ import annotations

import pytest

from inspector.web.board import Board
from inspector.web.guarding import is_loopback, new_token
from tests.inspector.web.viewers import asked, port

_NAMES = "only the names of the loopback interface are answered here\n"
_OTHER = "another page may not read this one\n"
_LACKS = "the address lacks its token: use the one that the command printed\n"
_LINK = {
    "Sec_Fetch_Site": "cross-site",
    "Sec_Fetch_Mode": "navigate",
    "Sec_Fetch_Dest": "document",
}


def test_only_the_page_itself_and_persons_read_what_this_machine_serves() -> None:
    with port(Board()) as where:
        here = str(where)

        def answer(path: str = "/", **headers: str) -> tuple[int, str]:
            headers.setdefault("Host", here)
            status, given, text = asked(where, path, **headers)
            assert "Access-Control-Allow-Origin" not in given
            assert given["Cross-Origin-Resource-Policy"] == "same-origin"
            assert given["X-Frame-Options"] == "DENY"
            assert given["Cache-Control"] == "no-store"
            return (status, "" if status == 200 else text)

        assert answer() == (200, "")
        for host in ("localhost", "LOCALHOST.:9000", "127.0.0.1:1", "[::1]:80"):
            assert answer(Host=host) == (200, "")  # a tunnel has another port
        for host in (
            "evil.example",
            f"127.0.0.1.evil.example:{where.port}",
            "",
            "[::",
            "evil@localhost",
            "localhost/evil",
            "localhost?evil",
            "localhost#evil",
            "localhost:port",
            "localhost:1:2",
            "[::1]evil",
            "localhost, evil",
        ):
            assert answer(Host=host) == (403, _NAMES)
        assert answer(Origin=f"http://{here}") == (200, "")
        for origin in ("http://evil.example", "null", "http://127.0.0.1:1"):
            assert answer(Origin=origin) == (403, _OTHER)
        assert answer(Sec_Fetch_Site="same-origin", Sec_Fetch_Mode="cors") == (200, "")
        assert answer(Sec_Fetch_Site="none", Sec_Fetch_Mode="navigate") == (200, "")
        assert answer(**_LINK) == (200, "")
        for path, changed in (
            ("/", {"Sec_Fetch_Mode": "no-cors"}),
            ("/", {"Sec_Fetch_Dest": "iframe"}),
            ("/events", {}),
        ):
            assert answer(path, **{**_LINK, **changed}) == (403, _OTHER)
        assert [asked(where, path).status for path in ("/x", "//", "/events/")] == [
            404
        ] * 3
        assert asked(where, "/", "POST").status == 405


def test_what_others_can_reach_has_a_token_in_its_address() -> None:
    token = new_token()
    with port(Board(), token) as where:
        for path in ("/", "/events", "/nowhere", "/?token=", f"/?token={token}x"):
            refused = asked(where, path, Host="pod:8088")
            assert (refused.status, refused.text) == (403, _LACKS)
        assert asked(where, f"/?token={token}", Host="pod:8088").status == 200
        other = asked(where, f"/?token={token}", Origin="http://evil.example")
        assert (other.status, other.text) == (403, _OTHER)


def test_a_token_is_another_each_time_and_long() -> None:
    tokens = {new_token() for _ in range(100)}

    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 22  # of base64, for 128 bits


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost"]
)
def test_the_loopback_interface_is_known(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize(
    "address", ["10.8.8.8", "::", "10.0.0.1", "pod", "", "localhost.x"]
)
def test_what_is_elsewhere_is_known(address: str) -> None:
    assert not is_loopback(address)
