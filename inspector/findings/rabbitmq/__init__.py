"""Findings about what RabbitMQ keeps, gives back and cannot hand on.

amqp_protocol      bytes that are not AMQP
blocked_publisher  a client whose messages the broker takes no more
no_ack_lost        a call that was lost with the service that had it
never_acked        messages that were handled, and not acknowledged
prefetch_full      calls that waited until another message was acknowledged
queue_wait         calls that waited in their queue
redelivered        messages that are delivered again and again
rejected           an event that nobody wants
split_queue        services with different handlers that consume one queue
unroutable         what no queue gets
"""

CARRIERS = frozenset({"rabbitmq"})
"""Whose connections alone show these: they are loaded when one is seen."""
