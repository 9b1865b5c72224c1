"""A record without its protection.

Whoever has the keys can also say which record it is: what protects a record depends on
how many came before it, and nothing opens with a wrong number.

Source: RFC 8446, section 5.2; RFC 5246, section 6.2.3; RFC 7366 (encrypt-then-MAC).
"""

from __future__ import annotations

import hmac
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from protocol.named_tuple import NamedTuple

from .records import HEAD
from .schedule import modern_keys, updated
from .suites import CBC, CHACHA, GCM

if TYPE_CHECKING:
    from .schedule import Keys
    from .suites import Suite

_TAG = 16
_NONCE = 8
"""Bytes of the nonce that are in a record of TLS 1.2 with GCM (RFC 5288, section 3)."""
_BLOCK = 16
_MASK = (1 << 64) - 1


class Opened(NamedTuple):
    """What a record carries.

    Attributes:
        kind: Of what it carries: in TLS 1.3 it is protected, too.
        data: What it carries.
        begin: How many bytes of the record come before that.
    """

    kind: int
    data: bytes
    begin: int


class Protection(ABC):
    """What protects the records of one side, until other keys do.

    Attributes:
        number: Of the next record.
    """

    def __init__(self) -> None:
        self.number = 0

    def open(self, head: bytes, body: bytes) -> Opened | None:
        """Return what the next record carries; None if it does not open."""
        opened = self.open_at(self.number, head, body)
        if opened is not None:
            self.number += 1
        return opened

    @abstractmethod
    def open_at(self, number: int, head: bytes, body: bytes) -> Opened | None:
        """Return what a record carries if it has such a number, from 0; else None."""

    def following(self) -> Protection | None:
        """Return what protects the records after an update of the keys, if any can."""
        return None


class _Sealed(Protection):
    """That of an AEAD, of which the keys are kept: a cipher cannot be."""

    def __init__(self, suite: Suite, keys: Keys) -> None:
        super().__init__()
        self.suite, self._keys = suite, keys
        self._cipher = _aead(suite, keys.key)
        self._iv = int.from_bytes(keys.iv, "big")

    def __getstate__(self) -> dict[str, object]:
        return {name: each for name, each in vars(self).items() if name != "_cipher"}

    def __setstate__(self, state: dict[str, object]) -> None:
        vars(self).update(state)
        self._cipher = _aead(self.suite, self._keys.key)


class Modern(_Sealed):
    """That of TLS 1.3.

    Args:
        suite: The cipher suite.
        secret: A traffic secret.
        application: Whether it is one of the application, which may be updated.

    Attributes:
        suite: The same.
    """

    def __init__(self, suite: Suite, secret: bytes, *, application: bool) -> None:
        super().__init__(suite, modern_keys(suite, secret))
        self._secret, self._application = secret, application

    def open_at(self, number: int, head: bytes, body: bytes) -> Opened | None:
        """Return what a record carries if it has such a number, from 0; else None."""
        nonce = (self._iv ^ (number & _MASK)).to_bytes(12, "big")
        try:
            inner = self._cipher.decrypt(nonce, body, head)
        except (InvalidTag, ValueError):
            return None
        data = inner.rstrip(b"\0")
        return Opened(data[-1], data[:-1], HEAD) if data else None

    def following(self) -> Protection | None:
        """Return what protects the records after an update of the keys, if any can."""
        if not self._application:
            return None
        secret = updated(self.suite, self._secret)
        return Modern(self.suite, secret, application=True)


class Aead(_Sealed):
    """That of TLS 1.2 with GCM or ChaCha20-Poly1305."""

    def __init__(self, suite: Suite, keys: Keys) -> None:
        super().__init__(suite, keys)
        self._explicit = _NONCE if suite.mode == GCM else 0

    def open_at(self, number: int, head: bytes, body: bytes) -> Opened | None:
        """Return what a record carries if it has such a number, from 0; else None."""
        explicit = self._explicit
        size = len(body) - explicit - _TAG
        if size < 0:
            return None
        if explicit:
            nonce = self._keys.iv + body[:explicit]
        else:
            nonce = (self._iv ^ (number & _MASK)).to_bytes(12, "big")
        about = _about(number, head, size)
        try:
            data = self._cipher.decrypt(nonce, body[explicit:], about)
        except (InvalidTag, ValueError):
            return None
        return Opened(head[0], data, HEAD + explicit)


class Cbc(Protection):
    """That of TLS 1.2 with CBC, whose IV is in each record.

    Args:
        suite: The cipher suite.
        keys: What one side protects its records with.
        encrypt_then_mac: Whether the MAC is of the ciphertext.
    """

    def __init__(self, suite: Suite, keys: Keys, *, encrypt_then_mac: bool) -> None:
        super().__init__()
        self._mac, self._keys = suite.mac, keys
        self._mac_size = len(keys.mac_key)
        self._outside = encrypt_then_mac

    def open_at(self, number: int, head: bytes, body: bytes) -> Opened | None:
        """Return what a record carries if it has such a number, from 0; else None."""
        sealed, tag = body, b""
        if self._outside:
            sealed, tag = body[: -self._mac_size], body[-self._mac_size :]
            if not self._matches(number, head, sealed, tag):
                return None
        if len(sealed) < 2 * _BLOCK or len(sealed) % _BLOCK:
            return None
        data = self._decrypted(sealed)
        inside = 0 if self._outside else self._mac_size
        end = len(data) - data[-1] - 1 - inside
        if end < 0:
            return None
        tag = data[end : end + inside]
        if not self._outside and not self._matches(number, head, data[:end], tag):
            return None
        return Opened(head[0], data[:end], HEAD + _BLOCK)

    def _decrypted(self, sealed: bytes) -> bytes:
        key, iv = algorithms.AES(self._keys.key), modes.CBC(sealed[:_BLOCK])
        decryptor = Cipher(key, iv).decryptor()
        return decryptor.update(sealed[_BLOCK:]) + decryptor.finalize()

    def _matches(self, number: int, head: bytes, data: bytes, tag: bytes) -> bool:
        about = _about(number, head, len(data))
        return hmac.digest(self._keys.mac_key, about + data, self._mac) == tag


def older(suite: Suite, keys: Keys, *, encrypt_then_mac: bool) -> Protection:
    """Return what protects the records of one side in TLS 1.2."""
    if suite.mode == CBC:
        return Cbc(suite, keys, encrypt_then_mac=encrypt_then_mac)
    return Aead(suite, keys)


def same_suite(one: Protection, other: Protection) -> bool:
    """Whether both are of TLS 1.3, and of one cipher suite."""
    if not (isinstance(one, Modern) and isinstance(other, Modern)):
        return False
    return one.suite == other.suite


def _about(number: int, head: bytes, size: int) -> bytes:
    """Return what is authenticated besides, in TLS 1.2."""
    number &= _MASK
    return number.to_bytes(8, "big") + head[:3] + size.to_bytes(2, "big")


def _aead(suite: Suite, key: bytes) -> AESGCM | ChaCha20Poly1305:
    return ChaCha20Poly1305(key) if suite.mode == CHACHA else AESGCM(key)
