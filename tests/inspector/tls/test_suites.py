"""The suites are those that OpenSSL has by default, but for what TLS 1.2 has of CCM."""

from __future__ import annotations

import ssl

from inspector.tls.suites import CBC, CHACHA, GCM, MODERN, OLDER

_MODES = {"GCM": GCM, "CHACHA20": CHACHA}


def test_every_suite_that_python_offers_by_default_is_known() -> None:
    for offered in ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).get_ciphers():
        if "PSK" in offered["name"] or "SRP" in offered["name"]:
            continue  # of keys and passwords that were never given: not really offered
        number, name = offered["id"] & 0xFFFF, offered["name"]
        suite = (MODERN if offered["protocol"] == "TLSv1.3" else OLDER)[number]

        mode = next((each for word, each in _MODES.items() if word in name), CBC)
        assert suite.mode == mode, name
        assert suite.key_size * 8 == offered["strength_bits"], name
        assert (suite.digest == "sha384") == name.endswith("384"), name
        assert suite.digest_size == (48 if name.endswith("384") else 32), name
