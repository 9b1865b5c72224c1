"""A record opens with its own keys and number, and with no others."""

from __future__ import annotations

import pytest

from inspector.tls.protection import Modern, Protection, older, same_suite
from inspector.tls.schedule import Keys
from inspector.tls.suites import MODERN, OLDER

_HEAD = b"\x17\x03\x03\x00\x20"
_KEYS = Keys(b"k" * 16, b"i" * 4, b"m" * 20)
_GCM, _CBC = OLDER[0xC02F], OLDER[0xC013]


@pytest.mark.parametrize(
    "protection",
    [
        Modern(MODERN[0x1301], b"s" * 32, application=True),
        older(_GCM, _KEYS, encrypt_then_mac=False),
        older(OLDER[0xCCA8], Keys(b"k" * 32, b"i" * 12), encrypt_then_mac=False),
        older(_CBC, _KEYS, encrypt_then_mac=False),
        older(_CBC, _KEYS, encrypt_then_mac=True),
    ],
)
def test_what_does_not_fit_is_none_whatever_its_size(protection: Protection) -> None:
    for size in (0, 1, 15, 16, 17, 31, 32, 36, 47, 48, 52, 64, 68, 80):
        assert protection.open(_HEAD, bytes(size)) is None
        assert protection.open_at(1 << 70, _HEAD, bytes(size)) is None
    assert protection.number == 0


def test_only_the_keys_of_an_application_are_updated() -> None:
    suite = MODERN[0x1301]
    first = Modern(suite, b"s" * 32, application=True)
    second = first.following()

    assert second is not None
    assert same_suite(first, second)
    assert not same_suite(first, Modern(MODERN[0x1302], b"s" * 48, application=True))
    assert not same_suite(first, older(_GCM, _KEYS, encrypt_then_mac=False))
    assert Modern(suite, b"s" * 32, application=False).following() is None
    assert older(_GCM, _KEYS, encrypt_then_mac=False).following() is None
