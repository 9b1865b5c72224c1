"""Findings about what Redis takes and refuses.

redis_protocol   bytes that are not a value of Redis
"""

CARRIERS = frozenset({"redis"})
"""Whose connections alone show these: they are loaded when one is seen."""
