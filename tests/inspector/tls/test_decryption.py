"""What TLS protects comes out as it went in, whatever happens on the way."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest

from inspector.streams.items import Alarm, Chunk, Gap, Handshake, Unread
from inspector.tls.decryption import Decryption
from inspector.tls.keylog import KeyLog
from tests.inspector.tls_talk import (
    CLIENT,
    SERVER,
    Talk,
    chunks,
    closed,
    connection,
    keylog_of,
    plain,
)

if TYPE_CHECKING:
    from pathlib import Path

OLDER, NEWER = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
LONG = bytes(range(256)) * 160
KINDS = [
    (NEWER, "DEFAULT"),
    (OLDER, "ECDHE-ECDSA-AES256-GCM-SHA384"),
    (OLDER, "ECDHE-ECDSA-AES128-GCM-SHA256"),
    (OLDER, "ECDHE-ECDSA-CHACHA20-POLY1305"),
    (OLDER, "ECDHE-ECDSA-AES128-SHA256"),
    (OLDER, "ECDHE-ECDSA-AES256-SHA384"),
]
BOTH = pytest.mark.parametrize("version", [OLDER, NEWER])


def spoken(version: ssl.TLSVersion, ciphers: str = "DEFAULT") -> Talk:
    """Return a conversation with a short and a long message, and its end."""
    talk = Talk(version, ciphers)
    talk.send(CLIENT, b"asked")
    talk.send(SERVER, LONG)
    talk.send(CLIENT, b"again")
    talk.close(CLIENT)
    talk.close(SERVER)
    return talk


def decrypted(talk: Talk, size: int = 1 << 16) -> list[object]:
    """Return what becomes of a conversation, in chunks of at most so many bytes."""
    on, decryption = connection(), Decryption(keylog_of(talk.keylog))
    return list(decryption.read([*chunks(talk.passed, on, size), closed(on)]))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind[1])
def test_what_is_protected_comes_out_as_it_went_in(
    kind: tuple[ssl.TLSVersion, str],
) -> None:
    talk = spoken(*kind)
    for size in (1 << 16, 1000, 97):
        items = decrypted(talk, size)
        assert plain(items, CLIENT) == b"askedagain"
        assert plain(items, SERVER) == LONG
        words = [each.words for each in items if isinstance(each, Handshake)]
        assert words[0].startswith("TLS handshake: ")
        assert words[-1] == "TLS close notify"
        assert not any(isinstance(each, Gap | Unread | Alarm) for each in items)


@BOTH
def test_every_packet_that_carried_a_record_carries_a_byte_of_it(
    version: ssl.TLSVersion,
) -> None:
    talk = spoken(version)
    on = connection()
    given = list(chunks(talk.passed, on, 3))
    items = list(Decryption(keylog_of(talk.keylog)).read(given))

    records = {each.packet.number for each in items if isinstance(each, Chunk)}
    shaken = {p.number for h in items if isinstance(h, Handshake) for p in h.packets}
    assert records | shaken == {each.packet.number for each in given}
    first = [each for each in items if isinstance(each, Chunk)][:5]
    assert [each.data for each in first] == [b"a", b"s", b"k", b"e", b"d"]
    assert plain(items, SERVER) == LONG


@BOTH
def test_a_session_that_is_resumed_has_lines_of_its_own(
    version: ssl.TLSVersion,
) -> None:
    talk = Talk(version)
    talk.connect(resumed=True)
    talk.send(CLIENT, b"resumed")

    assert plain(decrypted(talk), CLIENT) == b"resumed"


@BOTH
def test_without_its_session_it_is_told_at_the_first_protected_record(
    version: ssl.TLSVersion,
) -> None:
    talk, other = spoken(version), Talk(version)
    on = connection()
    decryption = Decryption(keylog_of(other.keylog))
    items = list(decryption.read([*chunks(talk.passed, on), closed(on)]))

    unread = [each for each in items if isinstance(each, Unread)]
    assert [each.reason for each in unread] == ["the key log lacks its session"]
    assert not unread[0].begun
    assert not any(isinstance(each, Chunk | Gap) for each in items)
    assert decryption.counts.unread == {"the key log lacks its session": 1}
    assert on.secret


@BOTH
def test_after_lost_records_the_next_one_is_found(version: ssl.TLSVersion) -> None:
    talk = Talk(version)
    for number in range(40):
        talk.send(CLIENT, b"message %d;" % number)
    on = connection()
    given = list(chunks(talk.passed, on))
    lost = given[-30:-3]
    gap = Gap(
        lost[0].direction, sum(len(e.data) for e in lost), given[-3].packet.number
    )

    items = list(
        Decryption(keylog_of(talk.keylog)).read([*given[:-30], gap, *given[-3:]])
    )

    assert gap in items
    assert plain(items, CLIENT).endswith(b"message 9;message 37;message 38;message 39;")


@BOTH
def test_a_damaged_record_is_a_gap_and_the_next_one_is_read(
    version: ssl.TLSVersion,
) -> None:
    talk = Talk(version)
    for each in (b"one", b"two", b"three"):
        talk.send(CLIENT, each)
    side, data = talk.passed[-2]
    talk.passed[-2] = side, data[:-1] + bytes([data[-1] ^ 1])

    items = decrypted(talk)

    assert plain(items, CLIENT) == b"onethree"
    assert [each.size for each in items if isinstance(each, Gap)] == [len(data)]


def test_in_the_middle_a_session_of_tls_1_3_is_found_by_its_keys() -> None:
    talk = Talk()
    for number in range(50):
        talk.send(CLIENT, b"%d;" % number)
        talk.send(SERVER, b"%d!" % number)
    on = connection(from_start=False)
    late = talk.passed[-20:]

    decryption = Decryption(keylog_of(Talk().keylog + talk.keylog))
    items = list(decryption.read([*chunks(late, on), closed(on)]))

    assert plain(items, CLIENT) == b"40;41;42;43;44;45;46;47;48;49;"
    assert plain(items, SERVER).startswith(b"40!")
    assert decryption.counts.connections == 1


@BOTH
def test_in_the_middle_without_its_keys_it_is_told(version: ssl.TLSVersion) -> None:
    talk = spoken(version)
    on = connection(from_start=False)
    keylog = keylog_of(talk.keylog if version is OLDER else Talk().keylog)

    items = list(Decryption(keylog).read([*chunks(talk.passed[-4:], on), closed(on)]))

    (unread,) = [each for each in items if isinstance(each, Unread)]
    assert unread.reason == "it began before the capture, and no key of the log fits"


@BOTH
def test_without_its_hello_nothing_is_read(version: ssl.TLSVersion) -> None:
    talk = spoken(version)
    on = connection()
    given = list(chunks(talk.passed, on))
    gap = Gap(given[1].direction, len(given[1].data), 3)

    items = list(
        Decryption(keylog_of(talk.keylog)).read([given[0], gap, *given[2:], closed(on)])
    )

    (unread,) = [each for each in items if isinstance(each, Unread)]
    assert unread.reason == "bytes of its handshake are missing"


@BOTH
def test_bytes_that_are_lost_while_keys_are_awaited_are_not_of_the_handshake(
    version: ssl.TLSVersion, tmp_path: Path
) -> None:
    talk, on = spoken(version), connection()
    *given, lost, _, _ = chunks(talk.passed, on)
    gap = Gap(lost.direction, len(lost.data), lost.packet.number)
    keylog = KeyLog([str(tmp_path / "keys.log")], grows=True)

    items = list(Decryption(keylog).read([*given, gap, closed(on)]))

    (unread,) = [each for each in items if isinstance(each, Unread)]
    assert unread.reason == "the key log lacks its session"


@BOTH
def test_an_alert_that_ends_a_handshake_is_an_alarm(version: ssl.TLSVersion) -> None:
    talk = Talk(version, trusted=False)

    (alarm,) = [each for each in decrypted(talk) if isinstance(each, Alarm)]

    assert alarm.reason == "unknown certificate authority"
    assert alarm.direction.side == CLIENT


def test_what_is_not_tls_passes_as_it_is() -> None:
    on = connection()
    given = list(
        chunks([(0, b"5#hello"), (1, b"\x16\x03"), (1, b"no"), (0, b"\x16")], on)
    )

    items = list(Decryption(KeyLog()).read([*given, closed(on)]))

    assert items == [*given, closed(on)]
    assert not on.secret


def test_a_connection_may_begin_with_a_header_or_a_greeting() -> None:
    talk = spoken(NEWER)
    header, greeting = b"PROXY TCP4 10.0.0.9 10.0.0.2 5 6\r\n", b"INFO {}\r\n"
    side, hello = talk.passed[0]
    talk.passed[0] = side, header + hello
    talk.passed.insert(0, (SERVER, greeting))

    items = decrypted(talk)

    assert plain(items, CLIENT) == header + b"askedagain"
    assert plain(items, SERVER) == greeting + LONG


def test_a_key_log_may_grow_while_a_session_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "keys.log"
    talk, on = spoken(NEWER), connection()
    keylog = KeyLog([str(file)], grows=True)
    decryption = Decryption(keylog)

    before = list(decryption.read(chunks(talk.passed, on)))
    assert plain(before, CLIENT) == b""
    assert decryption.retry() == []
    file.write_bytes(talk.keylog[:-5])
    assert decryption.retry() == []
    file.write_bytes(talk.keylog)
    after = decryption.retry()

    assert plain(after, CLIENT) == b"askedagain"
    assert plain(after, SERVER) == LONG
