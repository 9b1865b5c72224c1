from __future__ import annotations

import pytest

from inspector.carriers.nats.handshake import Handshake, read_connect, read_info


def _secrets(line: bytes) -> list[bytes] | None:
    secret = read_connect(line).secret
    return None if secret is None else [line[begin:end] for begin, end in secret]


@pytest.mark.parametrize(
    ("line", "secrets"),
    [
        (b'CONNECT {"user":"u","pass":"p\\"q","lang":"node"}\r\n', [b'p\\"q']),
        (
            b'CONNECT {"auth_token" : "t","jwt":"j","sig":"s","nkey":"U"}',
            [b"t", b"j", b"s"],
        ),
        (b'connect {"PASS":7}', [b"7"]),
        (b'CONNECT {"name":"\\"pass\\":\\"x\\""}', []),
        (b'CONNECT {"verbose":false}', []),
        (b'CONNECT {"pass":"p"', None),  # not JSON: nothing is shown of it
        (b'CONNECT {"p\\u0061ss":"p"}', [b"p"]),
        (b'CONNECT {"pass":"a","p\\u0061ss":"b","pass":"c"}', [b"a", b"b", b"c"]),
        (b'CONNECT {"tls":{"pass":"a"},"\\u0070ass":"b"}', [b"a", b"b"]),
        (b'CONNECT {"pass":"a","pass"           :           "b"}', [b"a", b"b"]),
        ('CONNECT {"pa\u017fs":"a","to\u212aen":"b"}'.encode(), [b"a", b"b"]),
        (b'CONNECT {"name":"pass","x":["token","y"],"sig":"s"}', [b"s"]),
        (b'CONNECT {"pass":"a","jwt":["b"]}', None),
        (b'CONNECT {"pass":{"a":"b"}}', None),
    ],
)
def test_secrets_are_where_their_keys_are(
    line: bytes, secrets: list[bytes] | None
) -> None:
    assert _secrets(line) == secrets


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'INFO {"max_payload":1048576,"nonce":"n"}', Handshake(max_payload=1048576)),
        (b'INFO {"max_payload":"much"}', Handshake()),
        (b'INFO {"lnoc":true}', Handshake(between_servers=True)),
        (b'INFO {"leafnode_urls":[]}', Handshake(between_servers=True)),
        (b"INFO {", Handshake()),
        (b"INFO []", Handshake()),
        (b"INFO", Handshake()),
    ],
)
def test_a_server_says_what_it_takes_and_to_whom_it_speaks(
    line: bytes, said: Handshake
) -> None:
    assert read_info(line) == said


@pytest.mark.parametrize("key", ["cluster", "lnoc", "server_id", "gateway"])
def test_a_server_that_connects_says_so(key: str) -> None:
    assert read_connect(b'CONNECT {"%b":"x"}' % key.encode()).between_servers
