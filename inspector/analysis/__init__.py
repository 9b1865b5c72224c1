"""From consecutive bytes to the report.

::

    recognition  which connections are Nest's, and where a frame begins
    sightings    the connections that are, and those that only use their ports
    reading      chunks of one direction      → Sighting | Anomaly | Remark
    dialects     in which unit a writer counts
    pairing      replies with requests        → Exchange
    detective    what a developer should know → Finding
    catalogue    the words of each, from rules/
    latency      durations                    → quantiles
    report       totals                       → Report, plain data
"""
