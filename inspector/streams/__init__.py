"""What is known of a connection without its carrier, for every later stage.

endpoints    where a peer can be reached: address and port
names        … and what people call it
packets      captured packets, counted, and those that were the first to carry bytes
connections  a connection and its two directions, as far as no carrier matters
items        what they yield: Chunk | Gap | Acknowledgement | Limited | Closed | End,
             of TLS besides Handshake | Alarm | Unread
decrypted    what became of connections that TLS protects
flags        the control bits of a TCP header
clocks       of captures that were taken at several points
"""
