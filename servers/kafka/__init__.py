"""Kafka: a service that answers over it, and a client that calls over it.

::

    from servers.kafka import Kafka             # pip install protocol-inspect[kafka]

    kafka = Kafka("127.0.0.1:9092", group="orders")
    asyncio.run(service.serve(Tcp(port=8888), kafka))

==========  =======================================================================
module      contents
==========  =======================================================================
transport   where the brokers are, and how they are used
subscriber  a service there: a group that consumes topics
consuming   … what it has of them, and how far it is; rebalances
handling    … one message, its replies, and when it is done
lanes       … the messages of a partition in their order, and how far it is done
wire        a client there: topics of replies, of which it reads one partition
connecting  a producer and a consumer of aiokafka, and their errors
library     what of aiokafka has no public name
letters     what a client sends: the data alone
messages    what Kafka says of a message, and payloads with a key and headers
replies     replies as records, and records as replies
values      data as the values of records, by the rules of Nest's parser
topics      which topics there can be, and which routes they belong to
options     how Kafka is used
==========  =======================================================================
"""

from .messages import KafkaMessage, KafkaRecord
from .options import Options
from .transport import Kafka

__all__ = ["Kafka", "KafkaMessage", "KafkaRecord", "Options"]
