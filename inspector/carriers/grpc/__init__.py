"""gRPC, between a client and a server: calls as streams of HTTP/2.

::

    recognition ─► talk ─► frames ─► headers  ─► making ─► Request | Response | Errand
                                  └► messages ─► values ─► schemas | fields

carrier      what is read, as the interface of a carrier has it
recognition  whether a stream is gRPC, and where in one a frame begins
talk         both sides of a connection: frames to units
plain        … one step of a plain call in one go, where that is all of a packet
blocks       header blocks, over one frame or several
others       frames of the connection alone
contents     the content of DATA frames: messages, and the bytes of each
side         one side: what of it is not in a unit yet
making       units of frames: packets, and what is written of them
concealing   what may be shown of fields and messages, in as many bytes
calls        what is known of the calls of a connection
frames       frames of HTTP/2
headers      header compression: blocks to fields, with their places
messages     messages with a length before each, over several frames or in one
values       what a message says, as it may be shown and written
schemas      messages to JSON, by the names of a ``.proto`` file
misfits      … and what of them such a file does not describe
fields       … by the numbers of their fields, without one
shapes       … and without what is in these
statuses     status codes of gRPC, and what of HTTP/2 means one
"""
