"""Requests by HTTP to a registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from servers.errors import UsageError

if TYPE_CHECKING:
    import httpx


class RegistryError(OSError):
    """A registry did not answer, or not as it should."""


def imported_httpx() -> Any:  # noqa: ANN401 — a module
    """Return httpx.

    Raises:
        UsageError: It is not installed.
    """
    try:
        import httpx  # noqa: PLC0415 — an extra
    except ImportError:
        raise UsageError(
            "discovery needs httpx: pip install 'protocol-inspect[discovery]'"
        ) from None
    return httpx


async def asked(
    http: httpx.AsyncClient,
    method: str,
    path: str,
    **parts: Any,  # noqa: ANN401
) -> httpx.Response:
    """Return the response to a request.

    Raises:
        RegistryError: There is none, or its status is an error other than 404.
    """
    httpx = imported_httpx()
    try:
        response: Any = await http.request(method, path, **parts)
    except httpx.HTTPError as error:
        raise RegistryError(str(error) or type(error).__name__) from error
    if response.is_error and response.status_code != httpx.codes.NOT_FOUND:
        raise RegistryError(f"HTTP {response.status_code}")
    return response  # type: ignore[no-any-return]
