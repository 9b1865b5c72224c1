from __future__ import annotations

from inspector.browser.asking import asked_by
from inspector.browser.desk import Desk


def test_the_command_that_lists_the_same() -> None:
    desk = Desk(["a b.pcap"], " --port 8888")

    command = desk.command(asked_by("orders latency > 5ms"), 422)

    assert command == (
        "protocol-inspect exchanges 'a b.pcap' --port 8888 --grep orders "
        "--where 'latency > 5ms'"
    )
    assert desk.command(asked_by(""), 7).endswith("--where 'number == 7'")
    assert desk.command(asked_by("#9"), 7).endswith("--where 'number == 9'")
