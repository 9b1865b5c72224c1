"""Findings about what NATS itself says, takes and refuses.

illegal_channel  a subject that NATS does not take for what was meant
nats_protocol    bytes that are not an operation of NATS
"""
