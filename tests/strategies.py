"""What hypothesis makes for the tests: JSON, packets, streams, and ways to cut them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from protocol import (
    UNDEFINED,
    Event,
    Frame,
    FrameDecoder,
    JsonText,
    Request,
    Response,
    dumps,
    encode_frame,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CHARACTERS = (
    'aZ09#{}[]:,"\\ \n\x00\x7f\xa0é\u07ff\u0800求\u2028\ufeff\uffff😀\U0010ffff'
)
"""One character for each length in UTF-8 and each limit of it, and what JSON uses."""

texts = st.text(st.sampled_from(CHARACTERS) | st.characters(exclude_categories=["Cs"]))
"""Text that UTF-8 can carry."""


def _join_pairs(text: str) -> str:
    halves = text.encode("utf-16-le", "surrogatepass")
    return halves.decode("utf-16-le", "surrogatepass")


wild_texts = st.text(st.sampled_from([*CHARACTERS, "\ud83d", "\ude00"])).map(
    _join_pairs
)
"""Text with halves of surrogate pairs, which JavaScript's strings can hold."""

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)

values = st.recursive(
    scalars | wild_texts,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(wild_texts, inner, max_size=4)
    ),
    max_leaves=8,
)
"""Values that JSON can hold."""

json_texts = values.map(lambda value: JsonText(dumps(value)))
payloads = json_texts | st.just(UNDEFINED)

_NEST_KEYS = {
    *("pattern", "data", "metadata", "id"),
    *("response", "err", "isDisposed", "status"),
}
extras = st.dictionaries(
    wild_texts.filter(lambda key: key not in _NEST_KEYS), json_texts, max_size=2
)

requests = st.builds(
    Request, values, values, data=payloads, metadata=payloads, extra=extras
)
events = st.builds(Event, values, data=payloads, metadata=payloads, extra=extras)
responses = st.builds(
    Response,
    values,
    response=payloads,
    err=payloads,
    is_disposed=st.booleans(),
    status=payloads,
    extra=extras,
)
packets = requests | events | responses

bodies = texts.map(str.encode)
frames = bodies.map(encode_frame)
streams = st.lists(frames, max_size=6).map(b"".join)
"""Bytes of one direction: whole frames, as Nest writes them."""

_TOKENS = [
    *(b"#", b"1#", b"2#{}", b"3#", b"007#", b" +4#", b"-1#", b"12ab#", b"x#", b"0#"),
    *(b"5", b"\n", b"\r\n", b"{", b"}", b"null", "é".encode(), "求".encode()),
    *("😀".encode(), "\ufeff".encode(), b"\xf0\x9f", b"\x98", b"\x80", b"\xc0\xaf"),
    *(b"\xed\xa0\x80", b"\xf5", b"\xff", b"\xe6\xb1", b'{"pattern":1,"id":2}', b"20#"),
    *(b'{"id":1,"err":0}', b"16#", b"99999999999999999999#", b"\x00"),
]
wild_streams = (
    st.lists(st.sampled_from(_TOKENS), max_size=12).map(b"".join) | st.binary()
)
"""Bytes of one direction: anything, much of it nearly a frame."""


@st.composite
def cuts(draw: st.DrawFn, stream: bytes) -> list[bytes]:
    """Cut a stream into pieces at any bytes; a piece may be empty."""
    places = draw(st.lists(st.integers(0, len(stream)), max_size=8).map(sorted))
    return [
        stream[start:end]
        for start, end in zip([0, *places], [*places, len(stream)], strict=True)
    ]


def bytewise(stream: bytes) -> list[bytes]:
    """Cut a stream at every byte."""
    return [stream[place : place + 1] for place in range(len(stream))]


def read(pieces: Iterable[bytes], **limits: Any) -> tuple[list[Frame], str | None]:  # noqa: ANN401
    """Return the frames of a stream, and the reason for which no more can be read."""
    return read_with(FrameDecoder(**limits), pieces)


def read_with(
    decoder: FrameDecoder, pieces: Iterable[bytes]
) -> tuple[list[Frame], str | None]:
    """Return the frames that a decoder makes of pieces, and what stopped it."""
    frames: list[Frame] = []
    for piece in pieces:
        decoder.receive_data(piece)
        try:
            while frame := decoder.next_frame():
                frames.append(frame)
        except Exception as error:  # noqa: BLE001 — which error is the caller's claim
            return frames, f"{type(error).__name__}: {error}"
    return frames, None


def read_together(
    decoder: FrameDecoder, pieces: Iterable[bytes], limit: int
) -> tuple[list[Frame], str | None]:
    """Return what :func:`read_with` does, frames taken together where that is quick."""
    frames: list[Frame] = []
    for piece in pieces:
        decoder.receive_data(piece)
        while True:
            place = decoder.consumed
            for body in decoder.next_bodies(limit):
                size = len(encode_frame(body))
                frames.append(Frame(body, place, size))
                place += size
            try:
                frame = decoder.next_frame()
            except Exception as error:  # noqa: BLE001 — which error is the claim
                return frames, f"{type(error).__name__}: {error}"
            if frame is None:
                break
            frames.append(frame)
    return frames, None


def texts_of(frames: Sequence[Frame]) -> list[str]:
    """Return what Nest would parse."""
    return [frame.text for frame in frames]
