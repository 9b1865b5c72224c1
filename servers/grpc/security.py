"""Certificates for TLS as grpcio takes them: what is in the files, and no context."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from servers.errors import UsageError
from servers.tls import files_of

if TYPE_CHECKING:
    from os import PathLike


class Pem(NamedTuple):
    """Certificates, as their files have them.

    Attributes:
        authority: Of those that are trusted; None for the system's, and for a service
            that asks its clients for none.
        certificate: The own one; None without.
        key: Its private key; None if that is with it.
    """

    authority: bytes | None = None
    certificate: bytes | None = None
    key: bytes | None = None


def pem_of(context: ssl.SSLContext | None) -> Pem:
    """Return the files that a context was made of; none without a context.

    Raises:
        UsageError: It was made in another way, or to verify nothing, which grpcio does
            not do; or a file cannot be read any more.
    """
    if context is None:
        return Pem()
    files = files_of(context)
    if files is None:
        raise UsageError(
            "grpcio takes files instead of a context of ssl: make it by server_tls() "
            "or client_tls()"
        )
    if not files.verify:
        raise UsageError("grpcio verifies the certificate of every service")
    own = files.certificate, files.key or files.certificate
    return Pem(_content(files.authority), *map(_content, own))


def _content(file: str | PathLike[str] | None) -> bytes | None:
    if file is None:
        return None
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error


def system_authorities() -> bytes | None:
    """Return the authorities that the system trusts; None if it has no file of them.

    Then grpcio has its own.
    """
    file = ssl.get_default_verify_paths().cafile
    return None if file is None else _content(file)
