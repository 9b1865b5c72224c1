"""From the secrets of a key log to keys.

Source: RFC 8446, section 7 (TLS 1.3); RFC 5246, sections 5 and 6.3 (TLS 1.2).
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

from .suites import CBC, GCM

if TYPE_CHECKING:
    from .suites import Suite

IV_SIZE = 12
"""Bytes of the nonce of an AEAD. Source: RFC 5116, section 5."""
_FIXED_IV_SIZE = 4
"""… of which so many are not in the record, for GCM in TLS 1.2 (RFC 5288)."""
_MAC_SIZES = {"": 0, "sha1": 20, "sha256": 32, "sha384": 48}


class Keys(NamedTuple):
    """What one side protects its records with.

    Attributes:
        key: Of the cipher.
        iv: The part of the nonce that is not in the records.
        mac_key: Of the MAC; empty with an AEAD.
    """

    key: bytes
    iv: bytes
    mac_key: bytes = b""


def expand_label(digest: str, secret: bytes, label: str, size: int) -> bytes:
    """Return what HKDF-Expand-Label makes of a secret, without a context.

    Args:
        digest: The hash function.
        secret: What to expand.
        label: What for, such as ``key``.
        size: Bytes that are wanted, at most those of the digest.
    """
    name = b"tls13 " + label.encode()
    info = size.to_bytes(2, "big") + bytes([len(name)]) + name + b"\0\1"
    return hmac.digest(secret, info, digest)[:size]


def modern_keys(suite: Suite, secret: bytes) -> Keys:
    """Return the keys of a traffic secret of TLS 1.3."""
    key = expand_label(suite.digest, secret, "key", suite.key_size)
    return Keys(key, expand_label(suite.digest, secret, "iv", IV_SIZE))


def updated(suite: Suite, secret: bytes) -> bytes:
    """Return the traffic secret that follows another (RFC 8446, section 7.2)."""
    return expand_label(suite.digest, secret, "traffic upd", len(secret))


def older_keys(
    suite: Suite, master: bytes, client_random: bytes, server_random: bytes
) -> tuple[Keys, Keys]:
    """Return the keys of TLS 1.2, those of the client first."""
    mac, key = _MAC_SIZES[suite.mac], suite.key_size
    iv = {GCM: _FIXED_IV_SIZE, CBC: 0}.get(suite.mode, IV_SIZE)
    seed = b"key expansion" + server_random + client_random
    block = _expanded(suite.digest, master, seed, 2 * (mac + key + iv))
    macs, keys, ivs = block[: 2 * mac], block[2 * mac :], block[2 * (mac + key) :]
    return (
        Keys(keys[:key], ivs[:iv], macs[:mac]),
        Keys(keys[key : 2 * key], ivs[iv : 2 * iv], macs[mac:]),
    )


def _expanded(digest: str, secret: bytes, seed: bytes, size: int) -> bytes:
    """Return the output of the PRF (RFC 5246, section 5)."""
    output, link = b"", seed
    while len(output) < size:
        link = hmac.digest(secret, link, digest)
        output += hmac.digest(secret, link + seed, digest)
    return output[:size]
