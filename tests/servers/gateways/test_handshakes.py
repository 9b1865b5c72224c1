from __future__ import annotations

import pytest

from servers.gateways.handshakes import Origins, handshake_of, may_come


def test_a_request_is_a_handshake() -> None:
    handshake = handshake_of(
        "10.0.0.1:4000", "/chat?token=a%20b&x=1&x=2", [("Cookie", "c"), ("HOST", "h")]
    )

    assert handshake.path == "/chat"
    assert handshake.query == {"token": "a b", "x": "2"}
    assert handshake.headers == {"cookie": "c", "host": "h"}


@pytest.mark.parametrize(
    ("origin", "origins", "comes"),
    [
        (None, None, True),
        (None, ["https://a.example"], True),
        ("https://here.example:3000", None, True),
        ("https://there.example", None, False),
        ("null", None, False),
        ("https://there.example", "*", True),
        ("https://there.example", ["https://there.example"], True),
        ("https://here.example:3000", ["https://there.example"], False),
    ],
)
def test_pages_from_elsewhere_are_refused_unless_they_are_named(
    origin: str | None,
    origins: Origins,
    comes: bool,  # noqa: FBT001
) -> None:
    fields = [("Host", "here.example:3000")]
    if origin is not None:
        fields.append(("Origin", origin))

    assert may_come(handshake_of("", "/", fields), origins) is comes
