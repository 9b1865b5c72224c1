"""How much of a capture a page has."""

from __future__ import annotations

import msgspec


class PageLimits(msgspec.Struct, frozen=True):
    """How much of a capture a page has; what is left out is counted there.

    Attributes:
        exchanges: Exchanges, the worst first, then the newest …
        row_bytes: … and how many bytes they take in the page, without their payloads.
        payloads: How many of these have their payloads …
        payload_bytes: … and how many bytes these take in the page.
        one_payload: Bytes of one payload; of a longer one there is its beginning.
        replies: Replies of one exchange; of more there are the first and the last.
        packets: Captured packets …
        packet_bytes: … and how many bytes they take in the page.
        traffic: Patterns between endpoints that are counted apart …
        pairs: … and pairs of a client and a server.
        rows: Rows of a table of patterns, services or chains.
        findings: Groups of equal findings.
        columns: Parts of the time of a capture in which calls are counted.
    """

    exchanges: int = 10_000
    row_bytes: int = 3_300_000
    payloads: int = 5_000
    payload_bytes: int = 3_000_000
    one_payload: int = 16_384
    replies: int = 20
    packets: int = 20_000
    packet_bytes: int = 1_400_000
    traffic: int = 10_000
    pairs: int = 1_000
    rows: int = 500
    findings: int = 200
    columns: int = 120


USUAL = PageLimits()
"""Those of ``--html``: a file of less than 8 MB, which a browser shows in 2 s."""
