"""Findings about framing: lengths, bodies, and how they arrive.

buffer_limit      bytes above the limit of Nest's reader
corrupted_length  a length that is not a number
invalid_json      a body that is not JSON
large_frame       a frame close to the limit of Nest's reader
length_unit       lengths that count something else than UTF-16 code units
many_frames       thousands of frames at once
own_serializer    frames of both sides that are not Nest packets
runs_after_error  a packet after a frame that could not be read
stalled_frame     a part of a frame, and then nothing for long
unframed_bytes    bytes without a frame around them, on a port of Nest
unknown_packet    JSON that is not a packet of Nest
"""
