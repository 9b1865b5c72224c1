from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.scenes import Sentences, Trace, said_of
from tests.inspector.tls_talk import Talk, beside_a_call

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire


def _known() -> Wire:
    talk = Talk()
    return beside_a_call(talk, talk.keylog)


TRACE = Trace(lambda: beside_a_call(Talk()), _known)


def test_what_it_says() -> None:
    assert said_of(TRACE, "undecrypted-tls") == Sentences(
        message="TLS that is not decrypted: the key log lacks its session",
        headline="1 connection of TLS not decrypted",
        cause=(
            "1 connection to 10.0.0.2:8888: the key log lacks its session. Packet 8."
        ),
        hint=(
            "begin the key log before the connection, with --tls-keylog of Node or "
            "SSLKEYLOGFILE; either side can write it"
        ),
    )
