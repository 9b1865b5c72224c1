from __future__ import annotations

from inspector.carriers.base import Skipped, Transfer, Trouble
from inspector.carriers.nest_tcp.talk import NestTcpTalk
from inspector.redaction.texts import Redaction
from protocol import Request, encode_frame, encode_packet
from tests.inspector.conversation import event, request, response


class _Stars:
    """Hides every letter s."""

    hides_channels = False

    def body(self, text: bytes) -> bytes:
        return text.replace(b"s", b"*") if b"s" in text else text

    def channel(self, name: bytes) -> bytes:
        return name

    addressed = body

    def words(self, words: str) -> str:
        return words.replace("s", "*")


def test_units_know_their_side_and_place() -> None:
    talk, frame = NestTcpTalk(None), encode_packet(request("sum", "1"))
    units = talk.receive(1, frame + frame, 0)

    assert [(unit.side, unit.begin, unit.end) for unit in units] == [
        (1, 0, len(frame)),
        (1, len(frame), 2 * len(frame)),
    ]
    assert (talk.received(1), talk.received(0)) == (2 * len(frame), 0)


def test_whoever_sends_a_pattern_asks() -> None:
    asked, answered = NestTcpTalk(None), NestTcpTalk(None)
    asked.receive(1, encode_packet(event("log")), 0)
    answered.receive(1, encode_packet(response("1", 1)), 0)

    assert (asked.client, answered.client) == (1, 0)


def test_frames_are_read_that_others_cut_once_it_is_known_who_asks() -> None:
    body = encode_packet(request("sum", "1")).partition(b"#")[2]
    talk, frame = NestTcpTalk(None), encode_frame(body)
    assert talk.express(0) is None
    assert talk.frames(0) is None
    talk.receive(0, frame, 0)
    frames = talk.frames(0)

    assert frames is not None
    assert isinstance(frames.read(body, len(frame)), Request)
    frames.pass_over(len(frame))
    assert (talk.plain, talk.received(0)) == (2, 3 * len(frame))
    (unit,) = talk.receive(0, frame, 0)
    assert (unit.begin, unit.end) == (3 * len(frame), 4 * len(frame))


def test_a_frame_that_holds_no_packet_is_trouble_and_ends_that() -> None:
    talk = NestTcpTalk(None)
    talk.client = 0
    frames = talk.frames(0)
    assert frames is not None
    trouble = frames.read(b"[1,2,3,4,]", 13)

    assert isinstance(trouble, Trouble)
    assert (trouble.code, trouble.framed, trouble.end) == ("invalid-json", True, 13)
    assert talk.frames(0) is None


def test_other_text_that_holds_no_packet_may_be_counted_in_another_unit() -> None:
    talk = NestTcpTalk(None)
    talk.client = 0
    frames = talk.frames(0)
    assert frames is not None

    assert frames.any_text
    assert frames.read("['é']".encode(), 8) is None
    assert (talk.plain, talk.received(0)) == (0, 0)


def test_while_a_frame_is_not_complete_its_bytes_are_counted() -> None:
    talk, frame = NestTcpTalk(None), encode_packet(request("sum", "1"))

    assert talk.receive(0, frame[:20], 0) == []
    assert (talk.buffered(0), talk.begun(0)) == (20, 20)
    assert len(talk.receive(0, frame[20:], 0)) == 1
    assert (talk.buffered(0), talk.begun(0)) == (0, 0)


def test_after_a_loss_it_goes_on_with_the_next_byte() -> None:
    talk, frame = NestTcpTalk(None), encode_packet(request("sum", "1"))
    talk.receive(0, frame[:20], 0)
    (skipped,) = talk.lose(0)
    (unit,) = talk.receive(0, frame, 0)

    assert isinstance(skipped, Skipped)
    assert (skipped.begin, skipped.end) == (0, 20)
    assert (unit.begin, unit.end) == (20, 20 + len(frame))


def test_what_is_concealed_is_so_in_all_that_is_read() -> None:
    talk = NestTcpTalk(_Stars())
    talk.client = 0
    assert talk.express(0) is None  # which would not conceal
    first, second, trouble = talk.receive(
        0,
        encode_packet(event("sums")) + encode_packet(event("a")) + b"sos#{}",
        0,
    )

    assert isinstance(first, Transfer)
    assert first.packet == event("*um*")
    assert b"s" not in first.body
    assert first.original == encode_packet(event("sums")).partition(b"#")[2]
    assert isinstance(second, Transfer)
    assert second.original is None
    assert isinstance(trouble, Trouble)
    assert "s" not in trouble.detail


def test_patterns_are_hidden_as_channels_are() -> None:
    talk = NestTcpTalk(Redaction((), ["users.*"]))
    body = encode_packet(request("users.alice", "1")).partition(b"#")[2]
    (asked,) = talk.receive(0, encode_packet(request("users.alice", "1")), 0)
    (told,) = talk.receive(0, encode_packet(event("sum")), 0)

    assert isinstance(asked, Transfer)
    assert asked.packet == request("users.xxxx1", "1")
    assert (asked.body, asked.original) == (body.replace(b"alice", b"xxxx1"), body)
    assert isinstance(told, Transfer)
    assert (told.packet, told.original) == (event("sum"), None)
