"""Redis: commands, answers and messages between a client and redis-server.

::

    recognition ─► talk ─► reading ─► Value ─► Transfer | Errand | Idle | Trouble

carrier       all of it, as the interface of a carrier has it
recognition   whether a stream is Redis, by what it begins with, or somewhere in it
talk          both sides of a connection, and which units they make
transactions  what a client queues between MULTI and EXEC, and what becomes of it
executing     the answer to EXEC or DISCARD: what becomes of what was published
hops          … or is read as one hop, where figures are all that is wanted
passing       what a message on its way is: a packet of Nest's, or something else
answers       which command an answer is to
reading       one side: whole values, and what is malformed
lines         which units are told from other bytes in the middle of a stream
values        RESP: what a byte begins, and where it ends
payloads      JSON to packets: requests by their pattern, replies as Nest takes them
globs         which channels a pattern with wildcards covers
channels      where replies go, and since when a connection listens where
concealing    … what is to be hidden of their names
"""
