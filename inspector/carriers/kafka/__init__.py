"""Kafka: requests and responses between a client and a broker, and records in them.

::

    recognition ─► talk ─► reading ─► Frame ─► asking | serving ─► Transfer | Errand …
                                                  └── passing ─► opening ─► records

carrier       all of it, as the interface of a carrier has it
recognition   whether a stream is Kafka's, by what it begins with, or somewhere in it
talk          both sides of a connection, and which units they make
asking        what a client's frames are
serving       what a broker's frames are, by what they answer
plain         frames as kafkajs and its brokers write most of them, unpacked in one go
hops          data packets that are one plain hop of a call or an event, read in one go
pending       requests that wait for their responses
passing       what a frame with records is: packets of Nest's on their way, or not
opening       the records in a frame, with what is to be hidden of them hidden
payloads      records to packets: by their headers and their topic
watching      how a client reads its partitions: idle polls, lag, rebalances
searching     where a response begins in the middle of a stream
reading       one side: bytes to frames
requests      what requests say …
responses     … and responses: offsets, records and objections
batches       record batches, as producers write them and brokers keep them
compression   records that a producer has compressed
apis          the requests that there are, and their versions
errors        what error codes are called
fields        numbers, strings and lists, of both encodings
"""
