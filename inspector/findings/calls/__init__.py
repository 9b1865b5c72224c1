"""Findings about calls: requests, replies and events.

always_undefined          a pattern whose calls are answered, and never with a value
answer_without_value      a reply without a value, from a handler that gives values
duplicate_id              a request with the id of one that still waits for its reply
event_to_message_handler  an event whose pattern has a handler that answers requests
foreign_reply_key         a reply with a key that Nest does not know
in_doubt                  a call during which the capture lacks bytes of its connection
many_spellings            a pattern that is written in several ways
masked_error              an error whose text Nest replaced with “Internal server error”
mixed_pattern             a pattern both sent and emitted, whose handler is unknown
no_handler                a message whose pattern no handler of the service matches
orphan_reply              a reply whose request the capture lacks
refused                   calls that a status code says the caller is at fault for
request_to_event_handler  a request whose pattern has a handler for events
server_error              errors whose status code says that the server failed
thrown_error              calls that failed with one text, where not too many fail
unanswered                a request that has no reply
undefined_in_stream       a reply with nothing but its id
unfinished_stream         replies without one that ends the call
value_after_end           a reply to a call that was over already
"""
