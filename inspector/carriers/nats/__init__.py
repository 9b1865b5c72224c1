"""NATS: control lines and payloads between a client and nats-server.

::

    recognition ─► talk ─► reading ─► Operation ─► Transfer | Errand | Idle | Trouble

carrier       all of it, as the interface of a carrier has it
recognition   whether a stream is NATS, by what it begins with, or somewhere in it
talk          both sides of a connection, and which units they make
concealing    … what is to be hidden of their subjects
passing       what a payload on its way is: a packet of Nest's, or something else
plain         … or read in one go, as nearly all are
hops          … or as one hop, where figures are all that is wanted
reading       one side: control lines and payloads, and what is malformed
lines         which control lines there are, and the next one in any bytes
handshake     what INFO and CONNECT say, and which of it is secret
headers       the headers of a message, and which of them are secret
subjects      which subjects are inboxes, and which are not an application's
subscriptions  what a subscription number stands for, and which inboxes requests name
"""
