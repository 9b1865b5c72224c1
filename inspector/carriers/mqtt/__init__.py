"""MQTT: control packets between a client and a broker, of the levels 3.1.1 and 5.

::

    recognition ─► talk ─► reading ─► Control ─► Transfer | Errand | Idle | Trouble
                   └► over WebSocket its bytes are those of messages

carrier       all of it, as the interface of a carrier has it
recognition   whether a stream is MQTT, by what it begins with, or somewhere in it
either        a connection over TCP, or over WebSocket: its first bytes show which
framed_talk   both sides of a connection over WebSocket: frames, and what is in them
placing       units of control packets at the places of the frames that carried them
messages      messages of a WebSocket as one stream, and where its bytes are in frames
framing       whether a stream is MQTT over WebSocket, and where a frame of it begins
talk          both sides of a connection, and which units they make
hops          … or is read as one hop, where figures are all that is wanted
passing       what a PUBLISH is: a packet of Nest's on its way, or something else
serving       what all other control packets are, by what they refer to
concealing    topics, with what of them is to be hidden
levels        which level a connection speaks, also where CONNECT was not captured
reading       one side: bytes to control packets, and what is malformed
searching     where a control packet begins in the middle of a stream
contents      what control packets say
handshake     what CONNECT says, and which of it is secret
payloads      JSON to packets: requests by their pattern, replies by their id
flights       which transfer an acknowledgement is for
subscriptions  what a client has subscribed to, and which of that a delivery is for
properties    what MQTT 5 says besides
topics        what a filter covers, and where replies go
reasons       what reason codes say
headers       the first bytes of control packets: what each is, and how long
fields        numbers, lengths and strings
"""
