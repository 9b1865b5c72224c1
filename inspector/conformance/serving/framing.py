"""Checks of servers: lengths, their unit, and frames in any pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.conformance.card import FailedError, UntriedError
from protocol import dumps, encode_frame

from .registry import Checks

if TYPE_CHECKING:
    from protocol import Json

    from .target import Target

CHECKS = Checks()
_BYTE_PAUSE_S = 0.0005  # so that each byte has a segment, and a read, of its own
_PAUSE_S = 0.03
_TOGETHER = 10
_LARGE = 1 << 18  # characters
_EMOJI = "😀"
_UNIT = "counts UTF-16 code units, as JavaScript's strings do"


def _read(target: Target, call_id: str) -> None:
    with target.line() as line:
        line.send(target.request(call_id))
        target.check_answered(line, call_id)


@CHECKS.add("length-read-bmp", "the-unit", _UNIT)
def _(target: Target) -> None:
    """Reads a length that counts é and 求 as one unit each."""
    _read(target, "é求和-1")


@CHECKS.add("length-read-astral", "the-unit", _UNIT)
def _(target: Target) -> None:
    """Reads a length that counts an emoji as two units."""
    _read(target, f"{_EMOJI}{_EMOJI}-2")


def _written(target: Target, call_id: str) -> None:
    """Send an id in ASCII alone, and look at the length of what comes back."""
    packet = dumps({**target.subject.members(), "id": "@"})
    escaped = call_id.encode("utf-16-be").hex()
    halves = [f"\\u{escaped[at : at + 4]}" for at in range(0, len(escaped), 4)]
    with target.line() as line:
        line.send(packet.replace(b'"id":"@"', f'"id":"{"".join(halves)}"'.encode()))
        for frame in line.replies(call_id):
            if problem := frame.length_problem():
                raise FailedError(problem)


@CHECKS.add("length-written-bmp", "the-unit", _UNIT)
def _(target: Target) -> None:
    """Writes a length that counts é and 求 as one unit each."""
    _written(target, "é求和")


@CHECKS.add("length-written-astral", "the-unit", _UNIT)
def _(target: Target) -> None:
    """Writes a length that counts an emoji as two units."""
    _written(target, _EMOJI)


@CHECKS.add("cut-at-every-byte", "reading", "keeps bytes until a body is complete")
def _(target: Target) -> None:
    """Reads a frame whose bytes come one by one."""
    call_id = target.new_id()
    frame = encode_frame(target.request(call_id))
    with target.line() as line:
        pieces = [frame[at : at + 1] for at in range(len(frame))]
        line.write(*pieces, pause_s=_BYTE_PAUSE_S)
        target.check_answered(line, call_id)


def _in_two(target: Target, call_id: str, at: bytes, into: int) -> None:
    frame = encode_frame(target.request(call_id))
    place = frame.index(at) + into
    with target.line() as line:
        line.write(frame[:place], frame[place:], pause_s=_PAUSE_S)
        target.check_answered(line, call_id)


@CHECKS.add("cut-in-length", "reading", "keeps digits until # comes")
def _(target: Target) -> None:
    """Reads a length whose digits come in two pieces."""
    frame = encode_frame(target.request(target.new_id()))
    _in_two(target, target.new_id(), frame[:1], 1)


@CHECKS.add("cut-in-body", "reading", "keeps a body until it is complete")
def _(target: Target) -> None:
    """Reads a body that comes in two pieces."""
    _in_two(target, target.new_id(), b'"pattern"', 5)


@CHECKS.add(
    "cut-in-character", "reading", "decodes UTF-8 across chunks (StringDecoder)"
)
def _(target: Target) -> None:
    """Reads a character whose bytes come in two pieces."""
    _in_two(target, f"{_EMOJI}求", _EMOJI.encode(), 2)


@CHECKS.add("frames-in-one-chunk", "reading", "reads all frames of a chunk")
def _(target: Target) -> None:
    """Reads several frames that come in one chunk."""
    target.ask(*(target.new_id() for _ in range(_TOGETHER)))


@CHECKS.add("frame-and-a-half", "reading", "keeps what follows a complete frame")
def _(target: Target) -> None:
    """Reads a frame and the beginning of another that come in one chunk."""
    ids = [target.new_id() for _ in range(2)]
    stream = b"".join(encode_frame(target.request(each)) for each in ids)
    place = 2 * len(stream) // 3
    with target.line() as line:
        line.write(stream[:place], stream[place:], pause_s=_PAUSE_S)
        for each in ids:
            target.check_answered(line, each)


@CHECKS.add("hash-in-body", "reading", "takes only the first # for the delimiter")
def _(target: Target) -> None:
    """Reads a body that holds #, digits and braces."""
    target.ask('3#{"}#12#')


@CHECKS.add("large-request", "8-limits", "buffers up to 134,217,728 code units")
def _(target: Target) -> None:
    """Reads a request of 256 KiB."""
    call_id = target.new_id()
    body = target.request(call_id)
    with target.line() as line:
        line.send(b"{" + b" " * _LARGE + body[1:])
        target.check_answered(line, call_id)


@CHECKS.add("large-reply", "8-limits", "writes frames of any length")
def _(target: Target) -> None:
    """Writes a reply of 256 KiB whole."""
    target.ask("é" + "x" * _LARGE)


@CHECKS.add("pipelined", "5-replies", "answers each request of a chunk once")
def _(target: Target) -> None:
    """Answers 200 requests that are written at once, each of them once."""
    ids: list[Json] = [target.new_id() for _ in range(200)]
    with target.line() as line:
        line.send(*(target.request(each) for each in ids))
        for each in ids:
            target.check_answered(line, each)
        if len(line.listen(target.pause_s)) != len(ids):
            raise FailedError(f"{len(line.frames)} replies to {len(ids)} requests")


def _lenient(target: Target, before: str, after: str = "") -> None:
    call_id = target.new_id()
    body = target.request(call_id)
    with target.line() as line:
        line.write(f"{before}{len(body)}{after}#".encode() + body)
        target.check_answered(line, call_id)


def _ascii(target: Target) -> None:
    if not target.request("").isascii():
        raise UntriedError("needs a pattern and data in ASCII")


@CHECKS.add("length-with-zeros", "reading", "reads it with parseInt", advice=True)
def _(target: Target) -> None:
    """Reads a length with a plus sign and leading zeros."""
    _ascii(target)
    _lenient(target, "+000")


@CHECKS.add("length-after-blanks", "reading", "reads it with parseInt", advice=True)
def _(target: Target) -> None:
    """Reads a length after line breaks."""
    _ascii(target)
    _lenient(target, "\r\n ")


@CHECKS.add(
    "invalid-utf8",
    "reading",
    "reads U+FFFD, one unit for each ill-formed part",
    advice=True,
)
def _(target: Target) -> None:
    """Reads bytes that are not UTF-8 as U+FFFD, one unit each."""
    body = target.request("@@").replace(b'"@@"', b'"a\xff\xc0b"')
    with target.line() as line:
        line.write(b"%d#%b" % (len(body.decode("utf-8", "replace")), body))
        target.check_answered(line, "a\ufffd\ufffdb")


@CHECKS.add(
    "lone-surrogate", "the-unit", "writes it as an escape, in ASCII", advice=True
)
def _(target: Target) -> None:
    """Returns a lone surrogate that came as an escape."""
    target.ask("\ud83d!")
