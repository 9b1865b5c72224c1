"""The checks of this module, made one by one of a server without a fault.

That each finds its faults, and that Nest passes, has tests of its own:
``test_faulty_servers.py``, ``tests/interop/test_conformance.py``.
"""

from __future__ import annotations

from inspector.conformance.serving.replies import CHECKS
from tests.inspector.conformance.serving.passing import passed


def test_a_right_server_passes_each_that_its_patterns_allow() -> None:
    names = {each.check.name for each in CHECKS}

    assert names - passed(CHECKS) <= {"pattern-number"}
    assert len(names) == len(CHECKS)
