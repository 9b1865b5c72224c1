"""The wire format of NestJS microservices over TCP, without I/O.

::

    bytes ─► FrameDecoder ─► Frame ─► parse_packet ─► Request | Event | Response
    bytes ◄───────────── encode_packet ◄──────────────┘

frame     ``length#json``, the length in UTF-16 code units
packet    the JSON object in a frame: a request, an event or a response
pattern   what a packet is for: a string, a number or an object
route     the one name under which a server looks for the handler of a pattern
version   what a release of Nest does otherwise than others

Nothing here reads, writes, waits or logs: every function is about bytes and values.

decoder     bytes of one direction to frames
packets     frames to packets, and back
patterns    patterns to routes
carriage    packets on other carriers than TCP: where they go, what travels
descriptors  messages of Protocol Buffers, as JSON
proto_files  methods of services, by the files that describe them
grammar     the same format, declared in construct: the specification
frames      what a frame is, and bytes to send
collation   the order of the keys in a route
javascript  JSON as JavaScript reads and writes it
controls    what a terminal would obey, as escapes
standard_streams  stdin, stdout and stderr, where a program begins without them
configuration  the file of settings: where it is, and a mistake in it
durations   how a duration that was measured is spelled
cutting     short frames, many at once or one by one (in C: ``_cut.c``)
units       UTF-16 code units, and what other writers count (in C: ``_units.h``)
native      whether what is written in C is in use
yjs         what updates and state vectors of Yjs hold
on_demand   functions and classes that are loaded when they are called
lazy_regex  regular expressions that are compiled when they are used
named_tuple  named tuples whose definition costs little
versions    what the releases of Nest do otherwise
errors      everything that can be wrong
"""

from .controls import (
    escape_controls,
    escape_controls_in_json,
    escape_controls_in_lines,
)
from .cutting import whole_body
from .decoder import FrameDecoder, parse_length
from .durations import duration, significant
from .errors import (
    BufferLimitError,
    CorruptedLengthError,
    DecodeError,
    EncodeError,
    FrameTooLongError,
    FramingError,
    InvalidJsonError,
    PacketError,
    ProtocolError,
    SplitCharacterError,
    TruncatedFrameError,
    UnknownPacketError,
)
from .frames import DELIMITER, Frame, encode_frame, encode_frames
from .javascript import (
    REFUSED,
    UNDEFINED,
    Json,
    JsonText,
    UndefinedType,
    dumps,
    loads,
    number_to_string,
    to_double,
    truthy,
)
from .packets import (
    NO_MESSAGE_HANDLER,
    Event,
    Packet,
    Request,
    Response,
    encode_packet,
    parse_bodies,
    parse_body,
    parse_packet,
)
from .patterns import route
from .units import MAX_UNIT_SIZE, LengthUnit, count_units, utf16_length
from .versions import NEST_MAX_UNITS, NEST_VERSIONS, NEWEST, NestVersion

__all__ = [
    "DELIMITER",
    "MAX_UNIT_SIZE",
    "NEST_MAX_UNITS",
    "NEST_VERSIONS",
    "NEWEST",
    "NO_MESSAGE_HANDLER",
    "REFUSED",
    "UNDEFINED",
    "BufferLimitError",
    "CorruptedLengthError",
    "DecodeError",
    "EncodeError",
    "Event",
    "Frame",
    "FrameDecoder",
    "FrameTooLongError",
    "FramingError",
    "InvalidJsonError",
    "Json",
    "JsonText",
    "LengthUnit",
    "NestVersion",
    "Packet",
    "PacketError",
    "ProtocolError",
    "Request",
    "Response",
    "SplitCharacterError",
    "TruncatedFrameError",
    "UndefinedType",
    "UnknownPacketError",
    "count_units",
    "dumps",
    "duration",
    "encode_frame",
    "encode_frames",
    "encode_packet",
    "escape_controls",
    "escape_controls_in_json",
    "escape_controls_in_lines",
    "loads",
    "number_to_string",
    "parse_bodies",
    "parse_body",
    "parse_length",
    "parse_packet",
    "route",
    "significant",
    "to_double",
    "truthy",
    "utf16_length",
    "whole_body",
]
