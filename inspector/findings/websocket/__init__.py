"""Findings about what gateways and their clients say over WebSocket.

websocket_protocol  bytes that are not WebSocket, Engine.IO or Socket.IO
refused_handshake   a connection, or a namespace, that a gateway refuses
ping_timeout        a side that was left because it did not answer pings
no_ack              an event whose acknowledgement never came
exception_echo      exceptions that give a client's payload back to it
uncaused_exception  exceptions that do not say what they are about
unframed_value      messages that are no events, on a connection that has others
"""

CARRIERS = frozenset({"socketio", "ws"})
"""Whose connections alone show these: they are loaded when one is seen."""
