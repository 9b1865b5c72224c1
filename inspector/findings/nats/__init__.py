"""Findings about what NATS itself says, takes and refuses.

nats_protocol  bytes that are not an operation of NATS
"""

CARRIERS = frozenset({"nats"})
"""Whose connections alone show these: they are loaded when one is seen."""
