"""What real Nest is asked for the vectors; its answers are not written here."""

from __future__ import annotations

import json

_SUM = '{"pattern":"sum","data":[1,2,3],"id":"1"}'
_WORDS = '{"pattern":"log","data":"a é 求 😀 # \\ud83d"}'


def _frame(text: str, length: object = None) -> bytes:
    units = len(text.encode("utf-16-le")) // 2
    return f"{units if length is None else length}#{text}".encode()


def _cuts(data: bytes) -> list[list[bytes]]:
    return [[data[:place], data[place:]] for place in range(1, len(data))]


_TINY = _frame("{}")
_EVENT = _frame(_WORDS)
_SHORT = _frame('{"a":"é求😀"}')

# name → chunks, and the limit of the reader where it is not the default
FRAMING: dict[str, tuple[list[bytes], int | None]] = {
    name: (chunks, None)
    for name, chunks in {
        "one frame": [_frame(_SUM)],
        "two frames in one chunk": [_frame(_SUM) + _EVENT],
        "a frame and the beginning of the next": [_TINY + _EVENT[:9], _EVENT[9:]],
        "a frame byte by byte": [bytes([byte]) for byte in _SHORT],
        "500 tiny frames in one chunk": [_TINY * 500],
        "an empty object, array and text": [_TINY + _frame("[]") + _frame('""')],
        "falsy roots": [b"".join(map(_frame, ["null", "false", "0", '""']))],
        "other roots": [b"".join(map(_frame, ["true", "5", '"abc"', "[1,2]"]))],
        "JSON with blanks around it": [_frame('\n {"a" : 1}\t\r\n')],
        "a delimiter inside the body": [_frame('{"a":"12#{}"}') + _TINY],
        "the same key twice": [_frame('{"a":1,"a":2}')],
        "a key __proto__": [_frame('{"__proto__":{"a":1}}')],
        "a surrogate pair as escapes": [_frame('"\\ud83d\\ude00"')],
        "a lone surrogate as an escape": [_frame('"\\ud83d"') + _TINY],
        "U+2028 unescaped": [_frame('"\u2028"')],
        "a line feed inside a text": [_frame('"\n"'), _TINY],
        "a byte-order mark in the body": [_frame("\ufeff{}"), _TINY],
        "nested 100 deep": [_frame("[" * 100 + "]" * 100)],
        "length in bytes": [_frame(_WORDS, len(_WORDS.encode()))],
        "length in bytes, the next frame follows": [
            _frame(_WORDS, len(_WORDS.encode())),
            _TINY * 9,
            _TINY,
        ],
        "length in code points": [_frame('{"a":"😀"}', 9), _TINY],
        "length one too small": [_frame("{}", 1) + _TINY, _TINY],
        "length one too large": [_frame("{}", 3), _TINY, _TINY],
        "length ends inside a character": [_frame('"😀"', 2) + _TINY, _TINY],
        "a line feed behind every frame": [_TINY + b"\n", _TINY + b"\r\n" + _TINY],
        "a byte-order mark between frames": [_TINY + b"\xef\xbb\xbf" + _TINY],
        "text without a delimiter": [b"GET / HTTP/1.1\r\n\r\n"],
        "text with a delimiter": [b"GET /#a HTTP/1.1\r\n\r\n", _TINY],
        "an error between two frames": [_TINY + b"x#" + _TINY, _TINY],
        "errors in three chunks": [b"x#", b"5#[1,2}", _TINY + b"#", _TINY],
        "bad JSON, the next chunk is read": [_frame("{a:1}") + _TINY, _TINY],
        "invalid UTF-8: C3 28 in a text": [b'4#"\xc3("' + _TINY],
        "invalid UTF-8: E6 B1 cut off": [b'3#"\xe6\xb1"' + _TINY],
        "invalid UTF-8: F0 9F 98 cut off": [b'3#"\xf0\x9f\x98"' + _TINY],
        "invalid UTF-8: ED A0 80, a surrogate": [b'5#"\xed\xa0\x80"' + _TINY],
        "invalid UTF-8: C0 AF, too long": [b'4#"\xc0\xaf"' + _TINY],
        "invalid UTF-8: F5 80 80 80, too high": [b'6#"\xf5\x80\x80\x80"' + _TINY],
        "invalid UTF-8 over two chunks": [b'3#"\xf0\x9f', b'\x98"' + _TINY],
        "a first byte at the end of a chunk": [_TINY + b"\xe6", _TINY, _TINY],
        "a first byte behind a first byte": [b"3#{}\xd1\xd4", _TINY],
        "a first byte before an error": [b"x#\xf0\x9f", b"\x98\x80#" + _TINY, _TINY],
    }.items()
}
FRAMING |= {
    f"a frame cut behind byte {place}": (chunks, None)
    for place, chunks in enumerate(_cuts(_SHORT), start=1)
}
FRAMING |= {
    f"limit of {limit} units, {name}": (chunks, limit)
    for limit, name, chunks in [
        (16, "one frame of 15", [_SHORT, _TINY]),
        (4, "two frames of 4 in one chunk", [_TINY * 2, _TINY]),
        (4, "two frames of 4 in two chunks", [_TINY, _TINY]),
        (5, "a body that never fits", [b"9#", b"123456", b"789", b"{}x", _TINY]),
        (5, "a header that never ends", [b"      1", b"#5", _TINY]),
        (0, "one frame", [_TINY, b""]),
    ]
}

# What stands before the #, in front of a body of two units, with a frame behind it.
LENGTHS = [
    "2", "02", "000002", "+2", " 2", "\t2", "\r\n2", "\xa02", "\u30002", "\ufeff2",
    "\x0b\x0c2", "2 ", "2abc", "2.7", "2-", "2e3", "2_0", "2,0", "2\n9", "2\x00", "20",
    "0x2", "0o2", "0", "-0", "-2", "+-2", "++2", "", " ",
    "abc", '"2"', "٢", "２", "NaN",
    "Infinity", "\x002", ";2", "\u200b2", "\x852", "2147483648", "9" * 20, "9" * 400,
]  # fmt: skip

# Messages to be written.
FRAMES = [
    _SUM, _WORDS, "{}", "null", '"😀"', '{"a":"\\ud83d"}', '"\\u0000\\u001f\\u007f"',
    '{"a":1.0,"b":1e21,"c":-0,"d":1e-7}', '{"b":1,"a":2,"1":3}', '"\u2028"', '"\\/"',
]  # fmt: skip

# verb, pattern, data
CALLS = [
    (verb, pattern, data)
    for verb in ("send", "emit")
    for pattern, data in [
        ('"sum"', "[1,2,3]"),
        ('{"cmd":"sum"}', "1"),
        ('{"b":1,"a":{"d":null,"c":true}}', '""'),
        ('["a","b"]', "0"),
        ("1", "false"),
        ('"q\\"x"', "{}"),
        ('{"a":"q\\"x\\\\"}', "[]"),
        ('"é😀"', '"é😀"'),
    ]
]

PATTERNS = [
    '"sum"', '"Sum"', '"sum "', '""', '"é😀"', "1", "1.0", "-0", "1e21", "1e-7", "0.1",
    '"1"', '" 1 "', '"1.0"', '"1e0"', '"007"', '"true"', "true", "null", "[]", "{}",
    '"\\"sum\\""', '{"cmd":"sum"}', '{ "cmd" : "sum" }', '"{\\"cmd\\":\\"sum\\"}"',
    '{"b":1,"a":2}', '"{ \\"b\\": 1, \\"a\\": 2 }"', '["a","b"]', '[[1],{"a":[]}]',
    '{"a":null,"b":true,"c":1.50,"d":"1"}', '{"a":"q\\"x\\\\"}', '{"q\\"x":1}',
    '"{\\"a\\":\\"q\\"x\\"}"', '{"a":1e400}', '"{\\"a\\":1e400}"', '"\\ud83d"',
    '{"a":1,"a":2}', '{"A":1,"a":2,"B":3,"b":4,"_":5,"10":6,"9":7,"é":8,"e":9,"z":0}',
    '{"ß":1,"ss":2,"st":3,"æ":4,"ae":5,"af":6,"ø":7,"o":8,"p":9,"ð":1,"d":2,"þ":3}',
    '{"½":1,"1":2,"1/3":3,"¼":4,"²":5,"2":6,"ª":7,"a":8,"A":9,"º":1,"o":2,"µ":3}',
    '{"-":1,"_":2," ":3,".":4,"/":5,"#":6,"$":7,"£":8,"~":9,"¿":1,"?":2,"«":3}',
    '{"a\\u0000":1,"a":2,"\\u0001b":3,"1\\u0001":4,"1":5}',
    *('{"a":' * depth + '"x"' + "}" * depth for depth in range(5, 9)),
    *(json.dumps({str(key): 0 for key in range(count)}) for count in (20, 21)),
]  # fmt: skip

_IDS = ['"1"', "1", "null", "0", '""', "false", '{"a":[1]}']
_CALLS = [*(f',"id":{one}' for one in _IDS), ""]

MESSAGES = [
    "null", "5", '"abc"', "true", "[1,2]", "{}",
    *(
        f'{{"pattern":"p"{data}{call}}}'
        for data in ("", ',"data":null', ',"data":{"a":1}')
        for call in _CALLS
    ),
    '{"id":"1"}', '{"data":1}', '{"data":1,"id":"1"}', '{"pattern":null,"id":"1"}',
    '{"pattern":null}', '{"data":null,"id":"1"}', '{"id":"1","data":1,"pattern":"p"}',
    '{"pattern":{"cmd":"p"},"data":1,"id":"1"}', '{"pattern":["a"],"data":1}',
    '{"pattern":"p","data":1,"id":"1","extra":true}', '{"response":1,"id":"1"}',
    '{"pattern":"p","data":1,"metadata":{"trace":"7"},"id":"1"}',
]  # fmt: skip

REPLIES = [
    f"{{{','.join(part for part in (*parts, call) if part)}}}"
    for parts in [
        ['"response":1', '"isDisposed":true'], ['"response":1'], ['"isDisposed":true'],
        ['"response":null', '"isDisposed":true'], ['"err":"no"', '"isDisposed":true'],
        ['"err":"no"'], ['"err":"no"', '"response":1'], ['"err":null', '"response":1'],
        ['"err":""'], ['"err":0', '"isDisposed":true'], ['"err":{}'], ['"status":"x"'],
        ['"status":"error"', '"err":"none"'], ['"value":1'],
        ['"response":1', '"more":2'],
        ['"pattern":"p"', '"data":1'], ['"isDisposed":false'], ['"isDisposed":1'], [],
    ]
    for call in ['"id":"1"', None]
] + ['{"response":1,"id":null}', '{"response":1,"id":0}', '{"response":1,"id":""}',
     "null", "5", '"abc"', "[]", "[1]"]  # fmt: skip
