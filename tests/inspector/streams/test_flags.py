from __future__ import annotations

from inspector.streams.flags import CONTROL, TcpFlag


def test_flags_are_the_bits_of_the_header() -> None:
    assert [TcpFlag.FIN, TcpFlag.SYN, TcpFlag.RST, TcpFlag.PSH, TcpFlag.ACK] == [
        1, 2, 4, 8, 16,
    ]  # fmt: skip
    assert CONTROL == 7
