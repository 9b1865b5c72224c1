"""TLS for both sides, client certificates included; what errors of sockets say.

Both contexts are plain ones of ``ssl``, on which anything that the functions do not
offer can be set. The lowest version is TLS 1.2, as in Node.
"""

from __future__ import annotations

import itertools
import os
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from weakref import WeakKeyDictionary

from .logs import logger_of

if TYPE_CHECKING:
    import asyncio
    from os import PathLike

    Path: TypeAlias = str | PathLike[str]

logger = logger_of("server")

_PIECE = 65_536  # bytes that are dropped at once
_PLAIN = {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST"}
"""What OpenSSL calls a first record that is none of TLS."""
_FAILED = itertools.count(1)  # handshakes of servers that failed


class TlsFiles(NamedTuple):
    """What a context was made of, for a library that takes no context.

    Attributes:
        authority: The PEM file with the authorities to trust; None for the system's.
        certificate: The PEM file with the own certificate.
        key: … and with its private key; None if that is in the same.
        verify: Whether the certificate of the peer is verified.
    """

    authority: Path | None
    certificate: Path | None
    key: Path | None
    verify: bool = True


_FILES: WeakKeyDictionary[ssl.SSLContext, TlsFiles] = WeakKeyDictionary()


class _ServerSide(ssl.SSLObject):
    """One connection of a server, whose handshake says in the log why it fails.

    asyncio tells nobody: the protocol of such a connection is never used.
    """

    def do_handshake(self) -> None:
        """Go on with the handshake."""
        try:
            super().do_handshake()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise
        except ssl.SSLError as error:
            number = next(_FAILED)
            if number & (number - 1) == 0:  # the 1st, 2nd, 4th, 8th …
                reason = (error.reason or str(error)).replace("_", " ").lower()
                plain = error.reason in _PLAIN
                logger.warning(
                    "a TLS handshake failed: %s (%d so far)",
                    "the peer does not speak TLS" if plain else reason,
                    number,
                )
            raise


def server_tls(
    certificate: Path, key: Path, *, client_authority: Path | None = None
) -> ssl.SSLContext:
    """Return the TLS context of a server.

    Args:
        certificate: A PEM file: the server's certificate, then the intermediate ones.
        key: A PEM file with its private key.
        client_authority: A PEM file with the authorities that sign the certificates of
            clients; with it, a client without such a certificate is refused.

    Raises:
        OSError: A file cannot be read, or its content is wrong (``ssl.SSLError``).
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    if client_authority is not None:
        context.load_verify_locations(client_authority)
        context.verify_mode = ssl.CERT_REQUIRED
    context.sslobject_class = _ServerSide
    _FILES[context] = TlsFiles(client_authority, certificate, key)
    return context


def client_tls(
    *,
    authority: Path | None = None,
    certificate: Path | None = None,
    key: Path | None = None,
    verify: bool = True,
) -> ssl.SSLContext:
    """Return the TLS context of a client.

    Args:
        authority: A PEM file with the authorities to trust instead of the system's.
        certificate: A PEM file with the client's certificate, for servers that require
            one.
        key: A PEM file with its private key.
        verify: Whether the server's certificate is verified; without that, anybody on
            the path can read and change the traffic.

    Raises:
        OSError: A file cannot be read, or its content is wrong (``ssl.SSLError``).
    """
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=authority)
    if certificate is not None:
        context.load_cert_chain(certificate, key)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    _FILES[context] = TlsFiles(authority, certificate, key, verify=verify)
    return context


def files_of(context: ssl.SSLContext) -> TlsFiles | None:
    """Return what a context was made of by these functions; None for any other."""
    return _FILES.get(context)


def close_half(transport: asyncio.Transport) -> None:
    """Close our half of a connection, and read on; what has arrived is dropped.

    asyncio closes a connection with TLS as a whole, and fails, with what is still to be
    written, if the peer goes on writing meanwhile. So close_notify (RFC 8446, section
    6.1) is written after everything else here; what the peer writes is read as before.
    """
    secure = transport.get_extra_info("ssl_object")
    if secure is None:  # it knows no halves for another reason
        transport.close()
        return
    with suppress(ssl.SSLError):  # once there is nothing more to read
        while secure.read(_PIECE):
            pass
    with suppress(ssl.SSLError):  # it waits for the peer's close_notify
        secure.unwrap()
    transport.pause_reading()
    transport.resume_reading()  # which writes what TLS has to say first


def system_reason(error: OSError) -> str:
    """Return what an error of a socket says, in one line."""
    if isinstance(error, ssl.SSLError):  # whose number is none of the system's
        return _tls_reason(error)
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)  # asyncio's own message is about sockets
    return error.strerror or str(error)


def _tls_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate verify failed: {error.verify_message}"
    return error.reason.replace("_", " ").lower() if error.reason else str(error)
