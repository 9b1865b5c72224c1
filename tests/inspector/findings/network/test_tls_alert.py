from __future__ import annotations

import ssl

from tests.inspector.scenes import Sentences, Trace, said_of
from tests.inspector.tls_talk import Talk, beside_a_call

_OLDER = ssl.TLSVersion.TLSv1_2
TRACE = Trace(
    lambda: beside_a_call(Talk(_OLDER, trusted=False)),
    lambda: beside_a_call(Talk(_OLDER)),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "tls-alert") == Sentences(
        message="an alert of TLS ends the connection: unknown certificate authority",
        headline="TLS alert: unknown certificate authority",
        cause=(
            "1 connection to 10.0.0.2:8888: the client objects and closes it; what was "
            "asked on it is not answered. Packet 9."
        ),
        hint="give the side that objects the authority of the other (ca)",
    )
