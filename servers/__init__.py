"""The participants: a server and a client that speak Nest's protocol.

Nothing is here yet. The wire format that they will stand on is in ``protocol``.
"""
