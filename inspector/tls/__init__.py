"""What TLS carries, for those who have the secrets of its sessions: a key log.

It is between the streams of TCP and the carriers: bytes of a connection that are
protected become what they protect, with the packets that carried them; all others pass
as they are. It is loaded only with a key log, and needs ``cryptography``.

::

    Chunk ─► records ─► session ─► protection ─► plaintext ─► output ─► Chunk, and
    key log ─► schedule ───┘                         Handshake | Alarm | Unread | Gap

decryption   all connections: which of them speak TLS, and what is yielded instead
session      one connection: its handshakes, and what its two sides are protected by
negotiation  what both sides agreed on, and the keys that follow from it
halves       one side of it: which keys it uses now, and which come next
searching    which record it is, after lost bytes or where a capture begins
handshakes   hellos, and the other messages of a handshake by name
alerts       what an alert says
protection   a record without its protection
schedule     from the secrets of a session to keys
suites       the cipher suites that can be read
records      bytes to records, and which packets carried each
output       what the records of a connection become, in order
plaintext    what a record carries, in the packets that carried the record
keylog       the secrets of sessions, from files that may grow
opening      a key log from what a person names, and what is needed for it
"""
