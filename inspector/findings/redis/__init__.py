"""Findings about what Redis takes and refuses.

redis_protocol   bytes that are not a value of Redis
"""
