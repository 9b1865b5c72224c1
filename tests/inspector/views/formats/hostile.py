"""Captures whose names and texts would be markup, commands or tags elsewhere."""

from __future__ import annotations

from tests.inspector.conversation import SERVER, Wire, failure

TEXTS = [
    "<script>alert(1)</script>",
    "[click](http://evil.example)",
    "![x](http://evil.example/x.png)",
    "`</code><b>` | *bold* | **b** ~~s~~",
    "``` \n```\n# heading",
    "a|b\\|c",
    "\n::error title=x::forged",
    "%0A::error::forged",
    "]]><failure/>",
    "&lt;b&gt; &#60;",
    "http://evil.example www.evil.example a@evil.example @all #1",
    "\x00\x1b[31m\u202e\ufffe\uffff",
    "\ud800",
    "`",
    " ",
    "",
    "<!-- -->",
    "<a href='http://evil.example'>x</a>",
]


def hostile() -> Wire:
    """Return a capture in which every text fails three times, with itself as error."""
    wire = Wire()
    call = wire.connect()
    for number, text in enumerate(TEXTS * 3):
        identity = str(number)
        call.ask(text, identity, {text: text})
        call.send(SERVER, failure(identity, text))
    return wire
