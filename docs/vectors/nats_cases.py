"""What is asked about NATS, and what two sides of a connection say, for the vectors."""

from __future__ import annotations

REPLIES = {
    "number": "6",
    "null": "null",
    "string": '"x"',
    "array": "[1]",
    "empty object": "{}",
    "false": "false",
    "zero": "0",
    "object": '{"sum":6}',
    "object with id": '{"id":"1","sum":6}',
    "object with another id": '{"id":"zzz","sum":6}',
    "envelope": '{"response":6,"isDisposed":true,"id":"1"}',
    "without id": '{"response":6,"isDisposed":true}',
    "another id": '{"response":6,"isDisposed":true,"id":"zzz"}',
    "empty id": '{"response":6,"isDisposed":true,"id":""}',
    "not disposed": '{"response":6,"id":"1"}',
    "extra key": '{"response":6,"isDisposed":true,"id":"1","trace":1}',
    "extra key not disposed": '{"response":6,"id":"1","trace":1}',
    "id alone": '{"id":"1"}',
    "id and status": '{"id":"1","status":"error"}',
    "status alone": '{"status":"error"}',
    "err": '{"err":"no","id":"1"}',
    "err null": '{"err":null,"response":5,"isDisposed":true,"id":"1"}',
    "isDisposed false alone": '{"isDisposed":false,"id":"1"}',
    "not json": "nope",
    "truncated": '{"response":6',
    "empty payload": "",
    "pattern in reply": '{"pattern":"a","data":1,"id":"1"}',
    "bom": "\ufeff6",
}
"""Name → what is published to the inbox of a request."""

REQUESTS = [
    ("sum", "5"),
    ("sum", '{"a":1}'),
    ("sum", "null"),
    ("sum", "not json"),
    ("sum", ""),
    ("sum", '{"data":5,"id":"1"}'),
    ("sum", '{"pattern":"other","data":7,"id":"1"}'),
    ("sum", '{"pattern":"sum","data":7,"id":null}'),
    ("sum", '{"pattern":"sum","data":7}'),
    ("sum", '{"data":8}'),
    ("sum", '{"id":"1"}'),
    ("log", '{"pattern":"log","data":7,"id":"1"}'),
    ("w.x", '{"pattern":"w.x","data":1,"id":"1"}'),
    ('{"cmd":"a","v":1}', '{"pattern":{"v":1,"cmd":"a"},"data":1,"id":"1"}'),
    ("sum", '{"pattern":"sum","data":7,"id":7}'),
    ("sum", '{"pattern":"sum","id":"u"}'),
]
"""Subject and payload of what a server gets."""

TURNS: dict[str, list[tuple[str, str]]] = {
    "a connection begins": [
        ("server", 'INFO {"max_payload":1048576,"headers":true} \r\n'),
        (
            "client",
            (
                'CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\n'
                "PING\r\n"
            ),
        ),
        ("server", "PONG\r\n"),
    ],
    "a call, as the caller has it": [
        (
            "client",
            (
                "SUB _INBOX.3QB9lIOY8FFETLhYWNGUnj 1\r\n"
                "PUB sum _INBOX.3QB9lIOY8FFETLhYWNGUnj 39\r\n"
                '{"pattern":"sum","data":[1,2],"id":"1"}\r\n'
            ),
        ),
        (
            "server",
            (
                "MSG _INBOX.3QB9lIOY8FFETLhYWNGUnj 1 41\r\n"
                '{"response":3,"isDisposed":true,"id":"1"}\r\n'
            ),
        ),
        ("client", "UNSUB 1\r\n"),
    ],
    "a call, as the server has it": [
        ("client", "SUB sum workers 7\r\n"),
        (
            "server",
            (
                "MSG sum 7 _INBOX.3QB9lIOY8FFETLhYWNGUnj 39\r\n"
                '{"pattern":"sum","data":[1,2],"id":"1"}\r\n'
            ),
        ),
        (
            "client",
            (
                "PUB _INBOX.3QB9lIOY8FFETLhYWNGUnj 41\r\n"
                '{"response":3,"isDisposed":true,"id":"1"}\r\n'
            ),
        ),
    ],
    "an event": [
        ("client", ('PUB log 28\r\n{"pattern":"log","data":"x"}\r\n')),
        ("server", ('MSG log 2 28\r\n{"pattern":"log","data":"x"}\r\n')),
    ],
    "headers": [
        (
            "client",
            (
                "HPUB log 31 59\r\n"
                "NATS/1.0\r\n"
                "traceparent: 00-1\r\n"
                "\r\n"
                '{"pattern":"log","data":"x"}\r\n'
            ),
        ),
    ],
    "a wildcard": [
        ("client", ("SUB l* 1\r\nSUB lo.* 2\r\n")),
        ("server", ('MSG lo.g 2 28\r\n{"pattern":"log","data":"x"}\r\n')),
    ],
    "nobody has subscribed": [
        (
            "server",
            ("HMSG _INBOX.3QB9lIOY8FFETLhYWNGUnj 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n"),
        ),
    ],
    "another status": [
        (
            "server",
            (
                "HMSG _INBOX.3QB9lIOY8FFETLhYWNGUnj 1 28 28\r\n"
                "NATS/1.0 404 No Messages\r\n"
                "\r\n"
                "\r\n"
            ),
        ),
    ],
    "a value as a reply": [
        (
            "client",
            (
                "PUB sum _INBOX.3QB9lIOY8FFETLhYWNGUnj 39\r\n"
                '{"pattern":"sum","data":[1,2],"id":"1"}\r\n'
            ),
        ),
        ("server", ("MSG _INBOX.3QB9lIOY8FFETLhYWNGUnj 1 1\r\n3\r\n")),
    ],
    "a value on an inbox that no request of Nest's has named": [
        ("client", ("PUB $JS.API.INFO _INBOX.3QB9lIOY8FFETLhYWNGUnj 0\r\n\r\n")),
        ("server", ('MSG _INBOX.3QB9lIOY8FFETLhYWNGUnj 1 12\r\n{"type":"x"}\r\n')),
    ],
    "a reply that is not JSON": [
        (
            "client",
            (
                "PUB sum _INBOX.3QB9lIOY8FFETLhYWNGUnj 39\r\n"
                '{"pattern":"sum","data":[1,2],"id":"1"}\r\n'
            ),
        ),
        ("server", ("MSG _INBOX.3QB9lIOY8FFETLhYWNGUnj 1 4\r\nnope\r\n")),
    ],
    "an empty reply": [
        (
            "client",
            (
                "PUB sum _INBOX.3QB9lIOY8FFETLhYWNGUnj 39\r\n"
                '{"pattern":"sum","data":[1,2],"id":"1"}\r\n'
            ),
        ),
        ("server", ("MSG _INBOX.3QB9lIOY8FFETLhYWNGUnj 1 0\r\n\r\n")),
    ],
    "an inbox with a prefix of its own": [
        ("client", "SUB mine.3QB9lIOY8FFETLhYWNGUnj 1\r\n"),
        (
            "server",
            (
                "MSG mine.3QB9lIOY8FFETLhYWNGUnj 1 41\r\n"
                '{"response":3,"isDisposed":true,"id":"1"}\r\n'
            ),
        ),
    ],
    "one subscription for all replies": [
        (
            "client",
            (
                "SUB _INBOX.3QB9lIOY8FFETLhYWNGUnj.* 1\r\n"
                "PUB sum _INBOX.3QB9lIOY8FFETLhYWNGUnj.a 39\r\n"
                '{"pattern":"sum","data":[1,2],"id":"1"}\r\n'
            ),
        ),
        (
            "server",
            (
                "MSG _INBOX.3QB9lIOY8FFETLhYWNGUnj.a 1 41\r\n"
                '{"response":3,"isDisposed":true,"id":"1"}\r\n'
            ),
        ),
    ],
    "verbs in small letters, blanks and tabs, and bare line feeds": [
        ("client", ('sub  log\t 1 \npub\tlog 28\n{"pattern":"log","data":"x"}\r\n')),
    ],
    "a payload that is not Nest's": [
        ("client", ("PUB log 5\r\nhello\r\n")),
        ("client", ('PUB log 10\r\n{"data":1}\r\n')),
    ],
    "a space in a subject": [
        ("client", ("PUB two words inbox 2\r\n{}\r\nSUB log 1\r\n")),
    ],
    "a size that is wrong": [
        ("client", ('PUB log 5\r\n{"pattern":"log","data":"x"}\r\nSUB log 1\r\n')),
    ],
    "the server objects": [
        (
            "server",
            (
                "-ERR 'Slow Consumer'\r\n"
                "-ERR 'Permissions Violation for Publish to \"pay\"'\r\n"
            ),
        ),
    ],
    "what servers say to each other": [
        (
            "client",
            ('RS+ $G log\r\nRMSG $G log 28\r\n{"pattern":"log","data":"x"}\r\n'),
        ),
    ],
}
"""Name → who says what, in turn; ``units`` is what we make of it."""
