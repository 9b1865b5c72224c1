"""From consecutive bytes to the report.

::

    recognition  which connections are Nest's, and where a frame begins
    sightings    chunks of one direction      → Sighting | Anomaly
    exchanges    replies paired with requests → Exchange
    findings     what a developer should know → Finding
    latency      durations                    → quantiles
    report       totals                       → Report, plain data
"""
