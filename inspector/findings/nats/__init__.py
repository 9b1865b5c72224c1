"""Findings about what NATS itself says, takes and refuses.

broker_error     an error that a NATS server sent
illegal_channel  a subject that NATS does not take for what was meant
nats_protocol    bytes that are not an operation of NATS
"""
