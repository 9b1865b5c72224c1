"""Status codes of gRPC, and what of HTTP/2 and HTTP means one.

Source: https://grpc.github.io/grpc/core/md_doc_statuscodes.html;
https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, "Errors";
https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md.
"""

from __future__ import annotations

NAMES = (
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
)
"""The codes, by number."""
OK, CANCELLED, UNKNOWN, DEADLINE_EXCEEDED = 0, 1, 2, 4
PERMISSION_DENIED, RESOURCE_EXHAUSTED, UNIMPLEMENTED = 7, 8, 12
INTERNAL, UNAVAILABLE, UNAUTHENTICATED = 13, 14, 16
ERRORS = (
    "NO_ERROR",
    "PROTOCOL_ERROR",
    "INTERNAL_ERROR",
    "FLOW_CONTROL_ERROR",
    "SETTINGS_TIMEOUT",
    "STREAM_CLOSED",
    "FRAME_SIZE_ERROR",
    "REFUSED_STREAM",
    "CANCEL",
    "COMPRESSION_ERROR",
    "CONNECT_ERROR",
    "ENHANCE_YOUR_CALM",
    "INADEQUATE_SECURITY",
    "HTTP_1_1_REQUIRED",
)
"""Error codes of HTTP/2, by number (RFC 9113, section 7)."""
_BY_ERROR = {
    "REFUSED_STREAM": UNAVAILABLE,
    "CANCEL": CANCELLED,
    "ENHANCE_YOUR_CALM": RESOURCE_EXHAUSTED,
    "INADEQUATE_SECURITY": PERMISSION_DENIED,
}
_BY_HTTP = {
    "400": INTERNAL,
    "401": UNAUTHENTICATED,
    "403": PERMISSION_DENIED,
    "404": UNIMPLEMENTED,
    "429": UNAVAILABLE,
    "502": UNAVAILABLE,
    "503": UNAVAILABLE,
    "504": UNAVAILABLE,
}


def name_of(code: int) -> str:
    """Return what a status code is called."""
    return NAMES[code] if 0 <= code < len(NAMES) else "UNKNOWN"


def error_name(code: int) -> str:
    """Return what an error code of HTTP/2 is called."""
    return ERRORS[code] if code < len(ERRORS) else f"error {code:,}"


def status_of_error(code: int) -> int:
    """Return the status with which a call ends by RST_STREAM."""
    return _BY_ERROR.get(error_name(code), INTERNAL)


def status_of_http(status: str) -> int:
    """Return the status with which a call ends that a status of HTTP answers."""
    return _BY_HTTP.get(status, UNKNOWN)
