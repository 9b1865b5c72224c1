"""HTTP/1.1 as the beginning of what Nest does: requests, and what answers them.

::

    recognition ─► talk ─► bodies ─► contents ─► WrittenTransfer | Errand | Idle

carrier        what is read, as the interface of a carrier has it
recognition    whether a stream is HTTP, and where in one a message begins
talk           both sides of a connection: which response answers which request
side           one side: bytes to messages and their parts
making         units of messages: packets, and what is written of them
subscriptions  GraphQL over WebSocket, after an upgrade to its subprotocol
requests       what a request asks for: its pattern and its metadata
contents       what a body says, and what of that may be shown
graphql        operations of GraphQL: their type and name, and what failed
events         server-sent events
bodies         how far a body reaches, by length, chunks, or the end
"""
