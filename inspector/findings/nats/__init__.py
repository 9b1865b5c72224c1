"""Findings about what NATS itself says, takes and refuses.

nats_protocol  bytes that are not an operation of NATS
"""
