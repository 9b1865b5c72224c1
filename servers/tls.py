"""TLS for both sides, client certificates included.

Both functions return a plain ``ssl.SSLContext``, so whatever they do not offer can be
set on what they return. TLS 1.2 is the least, as in Node.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from os import PathLike

    Path: TypeAlias = str | PathLike[str]


def server_tls(
    certificate: Path, key: Path, *, client_authority: Path | None = None
) -> ssl.SSLContext:
    """Return what a server speaks TLS with.

    Args:
        certificate: A PEM file: the server's certificate, then those that lead from it
            to an authority.
        key: A PEM file with its private key.
        client_authority: A PEM file with the authorities that sign the certificates of
            clients; with it, a client without such a certificate is refused.

    Raises:
        OSError: A file cannot be read, or holds something else (``ssl.SSLError``).
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    if client_authority is not None:
        context.load_verify_locations(client_authority)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def client_tls(
    *,
    authority: Path | None = None,
    certificate: Path | None = None,
    key: Path | None = None,
    verify: bool = True,
) -> ssl.SSLContext:
    """Return what a client speaks TLS with.

    Args:
        authority: A PEM file with the authorities to trust instead of the system's.
        certificate: A PEM file with the client's own certificate, if the server wants
            to see one.
        key: A PEM file with the private key of that.
        verify: Whether the server must prove who it is; without it anybody in between
            can read and change what is said.

    Raises:
        OSError: A file cannot be read, or holds something else (``ssl.SSLError``).
    """
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=authority)
    if certificate is not None:
        context.load_cert_chain(certificate, key)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
