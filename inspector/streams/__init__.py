"""What is known of a connection, whoever carries it: ends, bytes, packets.

packets      captured packets that were the first to carry some bytes
"""
