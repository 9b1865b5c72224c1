"""Where clients connect, where that leads, and TLS on either side."""

from __future__ import annotations

import ssl

from inspector.errors import InspectorError
from inspector.streams.endpoints import Endpoint
from protocol.named_tuple import NamedTuple


class Route(NamedTuple):
    """One listener and its target.

    Attributes:
        listen: Where clients connect; port 0 takes any that is free.
        target: Where the service is.
        client_tls: Speaks TLS with clients, if given.
        target_tls: Speaks TLS with the target, if given.
    """

    listen: Endpoint
    target: Endpoint
    client_tls: ssl.SSLContext | None = None
    target_tls: ssl.SSLContext | None = None


def endpoint(text: str, *, host: str | None = None) -> Endpoint:
    """Read ``host:port``, ``[address]:port``, or ``port`` where a host is given.

    Raises:
        InspectorError: It has none of these forms.
    """
    alone = host is not None and ":" not in text
    try:
        return Endpoint.parse(f"{host}:{text}" if alone else text)
    except ValueError:
        wanted = "PORT or HOST:PORT" if host else "HOST:PORT"
        raise InspectorError(text, f"not {wanted}") from None


def tls_for_clients(certificate: str, key: str | None) -> ssl.SSLContext:
    """Return what speaks TLS with clients.

    Args:
        certificate: PEM file of the chain that clients are shown.
        key: PEM file of its key; None if it is in the same file.

    Raises:
        InspectorError: A file cannot be read, or they do not fit.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key)
    except OSError as error:  # ssl's errors are such, too
        raise InspectorError(certificate, _reason(error)) from None
    return context


def tls_for_target(authority: str | None) -> ssl.SSLContext:
    """Return what speaks TLS with a target.

    Args:
        authority: PEM file of whom to trust; None trusts whom the system trusts.

    Raises:
        InspectorError: The file cannot be read, or holds no certificate.
    """
    try:
        return ssl.create_default_context(cafile=authority)
    except OSError as error:
        raise InspectorError(str(authority), _reason(error)) from None


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        words = (error.reason or "no certificate").lower().replace("_", " ")
        return f"no certificate and key in PEM that fit: {words}"
    return (error.strerror or str(error)).lower()
