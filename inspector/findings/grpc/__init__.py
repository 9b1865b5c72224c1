"""Findings about what gRPC says of calls, and why it gives them up.

grpc_protocol      bytes that are not a frame of HTTP/2, or not a message of gRPC
goaway             a connection that one side gave up with an error
deadline_exceeded  a call whose deadline passed before its end
unread_headers     calls without a name: their headers refer to what the capture lacks
unread_status      calls that may have failed: how they ended cannot be read
proto_mismatch     calls that the files of --proto do not describe as they were sent
"""

CARRIERS = frozenset({"grpc"})
"""Whose connections alone show these: they are loaded when one is seen."""
