"""Findings about calls and events on their way over a broker, whichever it is.

broker_error       an error that a broker sent
channel_mismatch   a packet whose pattern is not that of the subject it was sent to
foreign_id         a reply with another id than that of its request
illegal_channel    a channel that the broker does not take for what was meant
nobody_subscribed  a request that nobody has subscribed to
reply_elsewhere    a reply on another channel than its request named
reply_overheard    a reply that reached somebody who had not asked
session_taken_over  a client whose session another took over
several_answers    a call that several services answered
slow_consumer      a client that the broker cut off because it read too slowly
undelivered_event  an event that nobody has subscribed to
subscribed_late    a request that was sent before its caller listened for the reply
"""

CARRIERS = frozenset({"kafka", "mqtt", "nats", "rabbitmq", "redis"})
"""Whose connections alone show these: they are loaded when one is seen."""
