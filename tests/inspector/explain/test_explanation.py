from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.explain.explanation import Explanation, Judgement, explain, verdict
from protocol import (
    Event,
    FrameDecoder,
    FramingError,
    Request,
    Response,
    count_units,
    dumps,
    loads,
    utf16_length,
)

_VALUES = st.recursive(
    st.none() | st.booleans() | st.text(),
    lambda each: st.lists(each) | st.dictionaries(st.text(), each),
)
_PACKETS = st.dictionaries(st.sampled_from(["pattern", "data", "id", "é😀"]), _VALUES)


def _one(text: str | bytes) -> Explanation:
    (explanation,) = explain(text if isinstance(text, bytes) else text.encode())
    return explanation


@pytest.mark.parametrize(
    ("frame", "judgement", "sentence"),
    [
        ('11#{"a":"é😀"}', Judgement.RIGHT, "Nest reads 11 units, the whole body."),
        (
            '14#{"a":"é😀"}',
            Judgement.BYTES,
            (
                "The length counts UTF-8 bytes. Nest counts UTF-16 units, and waits "
                "for 3 more."
            ),
        ),
        (
            '10#{"a":"é😀"}',
            Judgement.CODE_POINTS,
            (
                "The length counts code points. Nest counts UTF-16 units, and "
                "truncates the body by 1."
            ),
        ),
        (
            '1,400#{"a":"é"}',
            Judgement.TOO_SMALL,
            "The length is too small: Nest truncates the body by 8 units.",
        ),
        (
            '1400#{"a":"é"}',
            Judgement.TOO_LARGE,
            "The length is too large: Nest waits for 1,391 more.",
        ),
        (
            '9#{"a":"é',
            Judgement.CUT_OFF,
            "The frame is truncated: Nest waits for 2 more.",
        ),
        ("é#{}", Judgement.NO_NUMBER, "There is no number before the #."),
        ("#{}", Judgement.NO_NUMBER, "There is no number before the #."),
        (
            "12",
            Judgement.NO_DELIMITER,
            "There is no #: Nest takes everything for the beginning of a length.",
        ),
        (
            '7{"a":1}',
            Judgement.NO_DELIMITER,
            "There is no # after the length: Nest takes everything for a length.",
        ),
        (
            '{"a":"#"}',
            Judgement.NO_DELIMITER,
            "There is no length before the JSON: Nest takes everything for a length.",
        ),
        (
            "5#{a:1}",
            Judgement.NO_JSON,
            "The body is not JSON: expected a key at character 1.",
        ),
        ("0#", Judgement.NO_JSON, "The body is empty, and that is not JSON."),
        ("  ５#x", Judgement.NO_NUMBER, "There is no number before the #."),
    ],
)
def test_a_frame_is_judged_in_a_sentence(
    frame: str, judgement: Judgement, sentence: str
) -> None:
    explanation = _one(frame)

    assert explanation.judgement is judgement
    assert verdict(explanation) == sentence


def test_a_body_is_counted_in_all_units() -> None:
    explanation = _one('14#{"a":"é😀"}')

    assert (explanation.units, len(explanation.body), explanation.points) == (
        11,
        14,
        10,
    )
    assert explanation.missing == 3
    assert explanation.right_frame == '11#{"a":"é😀"}'.encode()


@pytest.mark.parametrize(
    ("body", "packet", "route"),
    [
        ('{"pattern":{"b":1,"a":2},"id":"7"}', Request, '{"a":2,"b":1}'),
        ('{"pattern":1}', Event, "1"),
        ('{"id":"7"}', Response, None),
        ("{}", type(None), None),
        ("5", type(None), None),
    ],
)
def test_the_packet_is_told_whatever_the_length(
    body: str, packet: type, route: str | None
) -> None:
    for length in (len(body), len(body) + 5):
        explanation = _one(f"{length}#{body}")
        assert isinstance(explanation.packet, packet)
        assert explanation.route == route


def test_several_frames_are_told_apart_by_their_values() -> None:
    data = b'99#{"a":"}#\\"{"} 1#[]\r\n4#null3#1e9"x"'
    found = list(explain(data))

    assert [each.body for each in found] == [
        b'{"a":"}#\\"{"}',
        b"[]",
        b"null",
        b"1e9",
        b'"x"',
    ]
    assert [each.judgement for each in found] == [
        Judgement.TOO_LARGE,
        Judgement.TOO_SMALL,
        Judgement.RIGHT,
        Judgement.RIGHT,
        Judgement.NO_DELIMITER,
    ]
    assert [each.lost for each in found] == [False, True, True, True, True]


def test_blanks_between_frames_are_nobodys_and_blanks_in_a_body_count() -> None:
    found = list(explain(b'\n 9#{"a":1}  \n2#{} \n'))

    assert [each.body for each in found] == [b'{"a":1}  ', b"{}"]
    assert {each.judgement for each in found} == {Judgement.RIGHT}
    assert list(explain(b" \t\r\n")) == list(explain(b"")) == []


def test_invalid_bytes_count_as_nest_replaces_them() -> None:
    explanation = _one(b'10#{"a":"\xff\xf0\x9f\x98"}')

    assert explanation.judgement is Judgement.RIGHT
    assert explanation.replaced == 2
    assert _one('9#{"a":"\ufffd"}').replaced == 0


@given(st.lists(_PACKETS, max_size=4), st.sampled_from(["", " ", "\r\n"]))
def test_right_frames_are_what_the_decoder_reads(
    packets: list[dict[str, object]], blanks: str
) -> None:
    bodies = [dumps(packet) for packet in packets]
    stream = b"".join(
        b"%d#%b%b" % (count_units(body), body, blanks.encode()) for body in bodies
    )
    decoder = FrameDecoder()
    decoder.receive_data(stream)
    frames = list(iter(decoder.next_frame, None))
    found = list(explain(stream))

    assert [each.body for each in found] == [frame.body for frame in frames] == bodies
    assert all(each.judgement is Judgement.RIGHT for each in found)
    assert not any(each.lost for each in found)


@given(_PACKETS, st.integers(-20, 20))
def test_any_length_is_judged_as_the_decoder_reads_it(
    packet: dict[str, object], difference: int
) -> None:
    body = dumps(packet)
    length = max(utf16_length(body.decode()) + difference, 0)
    explanation = _one(b"%d#%b" % (length, body))
    decoder = FrameDecoder()
    decoder.receive_data(b"%d#%b" % (length, body))
    try:
        frame = decoder.next_frame()
    except FramingError:
        assert explanation.missing < 0
        return

    assert (explanation.judgement is Judgement.RIGHT) == (
        frame is not None and frame.body == body
    )
    assert (explanation.missing > 0) == (frame is None)
    if frame is None:
        awaited = (decoder.awaited_units or 0) - decoder.buffered_units
        assert awaited == explanation.missing
    elif frame.body != body:
        with pytest.raises(ValueError, match=r"expected|more than one value"):
            loads(frame.body)


@given(st.binary(max_size=60) | st.text('0123#{}[]"\\:, aé😀\n').map(str.encode))
def test_every_byte_is_explained_once_and_in_order(data: bytes) -> None:
    found = list(explain(data))
    rest = data
    for explanation in found:
        start = rest.index(explanation.raw)
        assert not rest[:start].strip(b" \t\r\n")
        assert explanation.raw
        rest = rest[start + len(explanation.raw) :]

    assert not rest.strip(b" \t\r\n")


@pytest.mark.parametrize("piece", ["1#{", '1#"\\', "[" * 50, "3#[1]", "9#é"])
def test_a_long_text_is_explained_frame_by_frame(piece: str) -> None:
    data = (piece * 20_000).encode()

    assert len(list(islice(explain(data), 50))) >= 1


@pytest.mark.parametrize(
    "header",
    [
        b"PROXY TCP4 192.0.2.1 192.0.2.9 50542 8888\r\n",
        b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x01\xc0\x00\x02\x09\xc5\x6e\x22\xb8",
    ],
)
def test_the_header_of_a_proxy_is_named_and_what_follows_is_lost(header: bytes) -> None:
    proxy, frame = explain(header + b'14#{"a":"\xc3\xa9\xf0\x9f\x98\x80"}')

    assert (proxy.judgement, proxy.raw) == (Judgement.PROXY, header)
    assert "for the client 192.0.2.1:50542. Nest takes it for a length." in verdict(
        proxy
    )
    assert (frame.judgement, frame.lost) == (Judgement.BYTES, True)
