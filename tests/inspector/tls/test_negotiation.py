from __future__ import annotations

import pytest

from inspector.tls.handshakes import ClientHello, ServerHello
from inspector.tls.keylog import EARLY, HANDSHAKES, MASTER, TRAFFIC, KeyLog
from inspector.tls.negotiation import Negotiation
from tests.inspector.tls_talk import keylog_of

_RANDOM = b"r" * 32
_NEITHER = False, False


def _keylog(*labels: str) -> KeyLog:
    sizes = {MASTER: 48}
    return keylog_of(
        b"".join(
            f"{each} {_RANDOM.hex()} {'ab' * sizes.get(each, 32)}\n".encode()
            for each in labels
        )
    )


def _agreed(
    keylog: KeyLog, version: int = 0x0304, suite: int = 0x1301, **more: bool
) -> Negotiation:
    agreed = Negotiation(keylog)
    agreed.greet(ClientHello(_RANDOM, more.get("early", False)))
    compressed = more.get("compressed", False)
    agreed.answer(ServerHello(bytes(32), version, suite, compressed, *_NEITHER))
    return agreed


@pytest.mark.parametrize(
    ("version", "suite", "more", "why"),
    [
        (0x0302, 0xC013, {}, "TLS 1.1 is not supported"),
        (0x0303, 0xC0AC, {}, "the cipher suite 0xC0AC is not supported"),
        (0x0303, 0xC02F, {"compressed": True}, "its records are compressed"),
        (0x0303, 0xC02F, {}, "the key log lacks its session"),
        (0x0304, 0x1301, {}, ""),
    ],
)
def test_why_there_are_no_keys(
    version: int, suite: int, more: dict[str, bool], why: str
) -> None:
    keylog = _keylog(*HANDSHAKES, *TRAFFIC)
    assert _agreed(keylog, version, suite, **more).obstacle() == why


def test_before_both_hellos_there_are_none() -> None:
    assert Negotiation(_keylog()).obstacle() == "bytes of its handshake are missing"


def test_while_a_key_log_grows_all_secrets_are_waited_for() -> None:
    keylog = _keylog(*HANDSHAKES)
    keylog.grows = True
    agreed = _agreed(keylog)

    assert agreed.obstacle()
    agreed.over = True
    assert not agreed.obstacle()
    assert len(agreed.protections(0)) == 1


def test_a_side_has_its_keys_in_order() -> None:
    agreed = _agreed(_keylog(*HANDSHAKES, *TRAFFIC, EARLY), early=True)

    assert agreed.early
    assert agreed.early_readable
    assert not agreed.early_known
    assert len(agreed.protections(0)) == 3
    assert len(agreed.protections(1)) == 2
    assert len(_agreed(_keylog(MASTER), 0x0303, 0xC02F).protections(1)) == 1
