"""Findings about what Kafka itself says, takes and refuses, and how it is polled.

consumer_lag        a consumer that is far behind its producers
idle_poll           polls that bring nothing, and fill a capture
kafka_protocol      bytes that are not of Kafka's protocol
null_for_undefined  an undefined value, which travels as null
number_as_text      a number or a boolean, which arrives as text
rebalance           a group whose partitions were shared out anew
unread_records      compressed records that nothing installed can read
"""

CARRIERS = frozenset({"kafka"})
"""Whose connections alone show these: they are loaded when one is seen."""
