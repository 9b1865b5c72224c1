"""RabbitMQ: AMQP 0-9-1 between a client and its broker, as far as Nest needs it.

::

    frames ─► contents ─► meanings ─► passing ─► Transfer | Idle | Trouble
       └────► methods  ──────┘└─► settling ────► Errand | Idle | Trouble

carrier       all of it, as the interface of a carrier has it
recognition   whether a stream is AMQP, by what it begins with, or somewhere in it
talk          both sides of a connection, and which units they make
meanings      what each method is for, by what is known of its channel
hops          … and what is read as one hop, where figures are all that is wanted
passing       what a message on its way is: a packet of Nest's, or something else
idling        methods for the connection alone, and which of them are secret
contents      what one side publishes or delivers, put together of its frames
settling      which publishes and deliveries a confirm or an acknowledgement is about
prefetching   how many messages a consumer may have at once, and what makes room
dead_letters  what a message says of the queues that did not keep it
channels      what is known of one channel: consumers, queues, transactions
frames        one side: bytes to frames, and what is malformed
methods       which methods there are, and what their arguments say
properties    the properties of a message, and which of them are secret
concealing    names of queues, exchanges and keys, with what is to be hidden of them
keys          which routing keys a binding covers
tables        tables of fields, as headers are
"""
