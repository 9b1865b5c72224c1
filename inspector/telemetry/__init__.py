"""What a run shows, sent to a collector of OpenTelemetry over HTTP.

::

    exchanges ─► choosing ─► spans ──────┐
    exchanges, findings, figures         ├─► exporting ─► sending ─► collector
             └─► metrics ─► instruments ─┘    a thread of its own

buckets      durations in exponential buckets
traces       which trace an exchange belongs to
conventions  what exchanges are called, by the conventions that others follow
encoding     attributes and resources as Protocol Buffers
instruments  counters and histograms, and the metrics that they become
metrics      the figures of a run
spans        exchanges as spans
holding      … who caused them, as far as a live run can know
choosing     which of them, and what is above those
settings     where it goes, and what the environment says
limiting     the longest that a request may take
sending      one request, and what its answer means
exporting    what waits to be sent, and the thread that sends it
collecting   all of it for one run
observing    … that is live
"""
