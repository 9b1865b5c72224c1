"""The control bits of a TCP header."""

from __future__ import annotations

from typing import Final


class TcpFlag:
    """The control bits of a segment, as plain numbers: every packet is tested.

    Source: RFC 9293, section 3.1.
    """

    FIN: Final = 0x01
    SYN: Final = 0x02
    RST: Final = 0x04
    PSH: Final = 0x08
    ACK: Final = 0x10


CONTROL: Final = TcpFlag.SYN | TcpFlag.FIN | TcpFlag.RST
"""The bits that begin or end a connection."""
