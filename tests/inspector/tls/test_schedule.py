"""Keys are those of RFC 8448, section 3, and of a test vector of the PRF of TLS 1.2."""

from __future__ import annotations

import pytest

from inspector.tls.schedule import expand_label, modern_keys, older_keys, updated
from inspector.tls.suites import CBC, GCM, Suite

_SUITE = Suite(GCM, 16, "sha256")
_SERVER_TRAFFIC = bytes.fromhex(
    "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643"
)


def test_the_keys_of_tls_1_3_are_those_of_the_rfc() -> None:
    keys = modern_keys(_SUITE, _SERVER_TRAFFIC)

    assert keys.key.hex() == "9f02283b6c9c07efc26bb9f2ac92e356"
    assert keys.iv.hex() == "cf782b88dd83549aadf1e984"


def test_an_update_has_the_label_of_the_rfc() -> None:
    secret = _SERVER_TRAFFIC
    assert updated(_SUITE, secret) == expand_label("sha256", secret, "traffic upd", 32)


@pytest.mark.parametrize(
    ("suite", "sizes"),
    [
        (Suite(GCM, 16, "sha256"), (16, 4, 0)),
        (Suite(CBC, 32, "sha384", "sha384"), (32, 0, 48)),
    ],
)
def test_the_keys_of_tls_1_2_have_the_sizes_of_their_suite(
    suite: Suite, sizes: tuple[int, int, int]
) -> None:
    client, server = older_keys(suite, bytes(48), b"c" * 32, b"s" * 32)

    for keys in (client, server):
        assert (len(keys.key), len(keys.iv), len(keys.mac_key)) == sizes
    assert client != server
