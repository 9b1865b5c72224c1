"""WebSocket: what browsers and gateways say, in two carriers.

::

    recognition ─► talk ─► cutting ─► messages ─► SessionTransfer | Idle | Trouble

carrier       both of them, as the interface of a carrier has it
recognition   whether a stream is one of them, by its beginning or its middle
talk          both sides of a connection, and which units they make
polling       HTTP around a WebSocket: its handshake, and Engine.IO's polling
plain         messages of Nest's adapter for ``ws``
socketio      messages of Socket.IO over Engine.IO
packets       … and its packets, as they stand in those
payloads      JSON: its parts, what may be shown, and what an exception repeats
making        units of messages, and what is written of them
"""
