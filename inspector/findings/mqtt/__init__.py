"""Findings about what MQTT itself says, takes and refuses.

mqtt_protocol  bytes that are not a control packet of MQTT
split_frames   packets of MQTT in several messages of WebSocket each
"""

CARRIERS = frozenset({"mqtt"})
"""Whose connections alone show these: they are loaded when one is seen."""
