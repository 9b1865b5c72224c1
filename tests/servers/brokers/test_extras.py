from __future__ import annotations

import subprocess
import sys

import pytest

from servers import UsageError
from servers.brokers.extras import require_extra
from tests.patience import PATIENCE


def test_a_library_that_is_missing_is_named_with_its_extra() -> None:
    with pytest.raises(UsageError) as caught:
        require_extra("no_such_library", "nats")

    assert str(caught.value) == (
        "nats needs a library: pip install 'protocol-inspect[nats]'"
    )


def test_one_that_is_there_is_not_loaded() -> None:
    program = (
        "import sys, servers\nfrom servers.nats import Nats\nNats()\n"
        "print('nats' in sys.modules)"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    ).stdout

    assert printed == "False\n"
