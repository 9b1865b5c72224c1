"""What brings packets from peer to peer, and how its bytes are read.

nest_tcp/    frames ``length#json`` on a TCP connection of its own
"""
