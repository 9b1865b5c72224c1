"""Versions: where the releases of Nest that are measured here do not agree.

::

                           10        11        12
    buffered text          any       128 Mi units
    silence in a frame     any       30 s, then the connection is destroyed
    unsent replies         any       128 MiB, then the connection is destroyed
    tiny frames at once    recursion loop
    shutdown               waits     destroys its connections
    reply with a new key   harmless            is taken for the value

What all three do alike is in no profile: lengths and the limit on buffered text
are counted in UTF-16 code units; text that cannot be read is answered with FIN, and
what comes after it is still read; the end of a stream travels with its last value
when the server knows it in time.

Nothing on the wire names a version, so whoever wants to be exact must say which.

Source: ``@nestjs/microservices`` 10.4.22, 11.2.6 and 12.1.1; the file and symbol of
each difference is noted beside it. The paths are those of the npm package.
"""

from __future__ import annotations

import msgspec

NEST_MAX_UNITS = 512 * 1024 * 1024 // 4
"""UTF-16 code units that Nest 11 and later buffer before they give up.

Source: ``helpers/json-socket.js``, ``DEFAULT_MAX_BUFFER_SIZE``.
"""

_NS_PER_SECOND = 1_000_000_000


# decision 4: A version of Nest is data, and only what differs is in it
class NestVersion(msgspec.Struct, frozen=True, kw_only=True):
    """What a release of Nest does on the wire, where another does otherwise.

    Attributes:
        major: The first number of its version, as ``"12"``.
        release: The release of ``@nestjs/microservices`` that was measured.
        max_units: UTF-16 code units that its reader buffers, headers and frames
            after the first included; None for any number.
            Source: ``helpers/json-socket.js``, ``processBuffer``.
        incomplete_timeout_ns: Nanoseconds of silence inside a frame after which
            its reader destroys the connection; None for never.
            Source: ``helpers/json-socket.js``, ``DEFAULT_INCOMPLETE_MESSAGE_TIMEOUT``.
        max_send_bytes: Bytes that it holds for a peer that does not read, before it
            destroys the connection; None for any number.
            Source: ``helpers/json-socket.js``, ``DEFAULT_MAX_SEND_BUFFER_SIZE``.
        pauses_reading: Whether it stops reading from a peer that does not read.
            Source: ``helpers/json-socket.js``, ``applyBackpressure``.
        reads_by_recursion: Whether several thousand frames in one piece overflow
            its stack, which it takes for an unreadable frame.
            Source: ``helpers/json-socket.js``, ``handleData``.
        masks_read_errors: Whether its server keeps the text that it could not read
            out of its log.
            Source: ``errors/invalid-tcp-data-reception.exception.js``.
        closes_connections: Whether its server destroys the open connections when
            it shuts down, instead of serving them on.
            Source: ``server/server-tcp.js``, ``closeOpenSockets``.
        survives_deep_patterns: Whether its server answers a pattern that is nested
            too deep for ``JSON.stringify``, instead of ending the process.
            Source: ``server/server.js``, ``getPatternAsString``.
        survives_unwritable_replies: Whether its server logs a reply that has no
            JSON text, and sends nothing, instead of ending the process.
            Source: ``server/server.js``, ``send``.
        keeps_late_replies: Whether what a handler's stream gives while an earlier
            value is being written is sent; otherwise it is lost, an end too.
            Source: ``server/server.js``, ``send``.
        carries_metadata: Whether its client can add ``metadata`` to a packet, and
            its server hands it to the handler's context.
            Source: ``client/client-proxy.js``, ``ctx-host/tcp.context.js``.
        strict_replies: Whether its client takes a reply with a key outside Nest's
            five for a foreign value that ends the call; otherwise only a reply
            that lacks ``err``, ``response`` and ``isDisposed``.
            Source: ``deserializers/incoming-response.deserializer.js``, ``isExternal``.
        route_max_depth: Objects inside objects that a route shows; None for all.
            Source: ``utils/transform-pattern.utils.js``, ``DEFAULT_MAX_DEPTH``.
        route_max_keys: Keys of one object that a route shows; None for all.
            Source: ``utils/transform-pattern.utils.js``, ``DEFAULT_MAX_KEYS``.
        escapes_routes: Whether a route escapes quotes and backslashes.
            Source: ``utils/transform-pattern.utils.js``, ``escape``.
    """

    major: str
    release: str
    max_units: int | None = NEST_MAX_UNITS
    incomplete_timeout_ns: int | None = 30 * _NS_PER_SECOND
    max_send_bytes: int | None = 128 * 1024 * 1024
    pauses_reading: bool = True
    reads_by_recursion: bool = False
    masks_read_errors: bool = True
    closes_connections: bool = True
    survives_deep_patterns: bool = True
    survives_unwritable_replies: bool = True
    keeps_late_replies: bool = True
    carries_metadata: bool = True
    strict_replies: bool = True
    route_max_depth: int | None = 5
    route_max_keys: int | None = 20
    escapes_routes: bool = True

    @classmethod
    def of(cls, version: str) -> NestVersion:
        """Return the profile for a version.

        Args:
            version: A major number, as ``"11"`` or ``"v11"``, for its measured
                release, or that release itself, as ``"11.2.6"``.

        Raises:
            ValueError: No profile was measured for this version.
        """
        wanted = version.removeprefix("v")
        for profile in NEST_VERSIONS:
            if wanted in {profile.major, profile.release}:
                return profile
        known = ", ".join(f"{one.major} ({one.release})" for one in NEST_VERSIONS)
        raise ValueError(f"no profile for Nest {version!r}; there are {known}")


NEST_10 = NestVersion(
    major="10",
    release="10.4.22",
    max_units=None,
    incomplete_timeout_ns=None,
    max_send_bytes=None,
    pauses_reading=False,
    reads_by_recursion=True,
    masks_read_errors=False,
    closes_connections=False,
    survives_deep_patterns=False,
    survives_unwritable_replies=False,
    keeps_late_replies=False,
    carries_metadata=False,
    strict_replies=False,
    route_max_depth=None,
    route_max_keys=None,
    escapes_routes=False,
)
NEST_11 = NestVersion(
    major="11",
    release="11.2.6",
    survives_unwritable_replies=False,
    carries_metadata=False,
    strict_replies=False,
)
NEST_12 = NestVersion(major="12", release="12.1.1")

NEST_VERSIONS = (NEST_10, NEST_11, NEST_12)
"""All profiles, the oldest first."""
NEWEST = NEST_12
"""The profile that holds where nobody names a version."""
