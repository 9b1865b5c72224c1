"""Packets to exchanges: who asked what, and who answered.

observing    which connections are Nest's, and what is seen on them
seen         what is seen: packets, and bytes that are no packet
foreign      connections to a port of Nest that speak something else
exchanges    a request and its replies, or an event
pairing      replies to the request that they answer
costs        how many packets an exchange takes when nothing comes in between
reasons      why an exchange took the packets that it took
participants who speaks on a connection
ordering     exchanges in the order of their requests
"""
