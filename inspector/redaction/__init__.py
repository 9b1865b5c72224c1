"""Secrets out of what is shown and written, byte for byte as long as before.

texts      what is hidden in a JSON text, in as many bytes and UTF-16 units; it is
           applied where frames are read, so that every output has them so
channels   what is hidden of where packets are sent to over a broker
tokens     those of a JSON text
suspicion  whether there may be any at all
secrets    which keys and values are secrets without being named
patches    which bytes of which packets these are, when a capture is written
rewriting  a packet with another payload of the same length
"""
