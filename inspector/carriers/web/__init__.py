"""HTTP and WebSocket as bytes: what carriers of both read, each in its own way.

cutting   one side of a connection: bytes to heads, bodies and frames
upkeep    units of a WebSocket itself: heads of its handshake, and control frames
messages  frames put together, unmasked and inflated
deflate   messages inflated, as far as what they refer to is known
heads     heads of HTTP messages, and which of them is secret
frames    frames: their first bytes, masks, and codes of closing
"""
