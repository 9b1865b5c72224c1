"""The cipher suites that can be read: those that Node and Python negotiate by default.

Source: the registry "TLS Cipher Suites" of IANA; RFC 8446, section B.4; RFC 5288, RFC
5289 (GCM), RFC 7905 (ChaCha20-Poly1305), RFC 5246 (CBC).
"""

from __future__ import annotations

from protocol.named_tuple import NamedTuple

GCM, CHACHA, CBC = "GCM", "ChaCha20-Poly1305", "CBC"
"""Ways to protect a record."""


class Suite(NamedTuple):
    """What protects the records of a session.

    Attributes:
        mode: ``GCM``, ``ChaCha20-Poly1305`` or ``CBC``.
        key_size: Bytes of a key.
        digest: The hash function from which keys are derived, by its name in hashlib.
        mac: Of CBC, the hash function of its MAC; else empty.
    """

    mode: str
    key_size: int
    digest: str
    mac: str = ""

    @property
    def digest_size(self) -> int:
        """Bytes of what the hash function returns, and of a secret of TLS 1.3."""
        return 48 if self.digest == "sha384" else 32


_GCM_128, _GCM_256 = Suite(GCM, 16, "sha256"), Suite(GCM, 32, "sha384")
_CHACHA = Suite(CHACHA, 32, "sha256")

# decision 180
MODERN = {0x1301: _GCM_128, 0x1302: _GCM_256, 0x1303: _CHACHA}
"""Those of TLS 1.3, by number."""
OLDER = (
    dict.fromkeys((0xC02B, 0xC02F, 0x009C, 0x009E), _GCM_128)
    | dict.fromkeys((0xC02C, 0xC030, 0x009D, 0x009F), _GCM_256)
    | dict.fromkeys((0xCCA8, 0xCCA9, 0xCCAA), _CHACHA)
    | dict.fromkeys((0xC009, 0xC013, 0x002F, 0x0033), Suite(CBC, 16, "sha256", "sha1"))
    | dict.fromkeys((0xC00A, 0xC014, 0x0035, 0x0039), Suite(CBC, 32, "sha256", "sha1"))
    | dict.fromkeys(
        (0xC023, 0xC027, 0x003C, 0x0067), Suite(CBC, 16, "sha256", "sha256")
    )
    | dict.fromkeys((0x003D, 0x006B), Suite(CBC, 32, "sha256", "sha256"))
    | dict.fromkeys((0xC024, 0xC028), Suite(CBC, 32, "sha384", "sha384"))
)
"""Those of TLS 1.2, by number. RSA, DHE or ECDHE matters to the handshake alone."""
