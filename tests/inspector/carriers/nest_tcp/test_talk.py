from __future__ import annotations

from inspector.carriers.base import Skipped, Transfer, Trouble
from inspector.carriers.nest_tcp.talk import NestTcpTalk
from protocol import Request, encode_frame, encode_packet
from tests.inspector.conversation import event, request, response


class _Stars:
    """Hides every letter s."""

    def body(self, text: bytes) -> bytes:
        return text.replace(b"s", b"*") if b"s" in text else text

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


def test_a_plain_frame_takes_the_express_way_once_it_is_known_who_asks() -> None:
    talk, frame = NestTcpTalk(None), encode_packet(request("sum", "1"))
    assert talk.express(0) is None
    talk.receive(0, frame, 0)
    express = talk.express(0)

    assert express is not None
    assert isinstance(express.read_whole(frame), Request)
    assert express.read_whole(frame[:9]) is None
    assert (talk.plain, talk.received(0)) == (1, 2 * len(frame))
    (unit,) = talk.receive(0, frame, 0)
    assert (unit.begin, unit.end) == (2 * len(frame), 3 * len(frame))


def test_what_the_express_way_cannot_read_is_trouble_and_ends_it() -> None:
    talk = NestTcpTalk(None)
    talk.client = 0
    express = talk.express(0)
    assert express is not None
    trouble = express.read_whole(encode_frame(b"[1,2,3,4,]"))

    assert isinstance(trouble, Trouble)
    assert (trouble.code, trouble.framed, trouble.end) == ("invalid-json", True, 13)
    assert talk.express(0) is None


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
