from __future__ import annotations

import subprocess
import sys

from protocol import UNDEFINED
from servers.calling.addresses import Address
from servers.calling.question import Question
from tests.patience import PATIENCE


def test_a_question_is_one_value_that_can_be_changed_in_a_copy() -> None:
    server = Address("127.0.0.1", 8888)
    asked = Question("message", server, "sum", [1], UNDEFINED, 5.0, 1, None, None)
    streamed = asked._replace(kind="stream", repeat=2)

    assert (asked.kind, asked.repeat, asked.server) == ("message", 1, server)
    assert (streamed.kind, streamed.repeat, streamed.data) == ("stream", 2, [1])


def test_the_options_make_one_without_an_event_loop_or_tls() -> None:
    program = "import sys, servers.calling.options; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-I", "-c", program],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    ).stdout.split()

    assert "servers.calling.question" in loaded
    assert not {"asyncio", "ssl", "servers.calling.asking"} & {*loaded}
