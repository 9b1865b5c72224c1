from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.carriers.web.deflate import (
    MOST,
    Inflater,
    Rewriter,
    TooLongError,
    blank,
    packed,
)
from tests.inspector.carriers.websocket.written import Deflater

_TEXTS = [f'{{"event":"sum","data":[{number},"much the same"]}}' for number in range(5)]


@pytest.mark.parametrize("alone", [True, False])
def test_messages_are_inflated_in_their_order(*, alone: bool) -> None:
    sender, reader = Deflater(alone=alone), Inflater()
    for text in _TEXTS:
        assert reader.inflate(sender.deflate(text)) == text.encode()


def test_what_refers_to_what_is_missing_is_not_guessed() -> None:
    sender, reader = Deflater(), Inflater()
    messages = [sender.deflate(text) for text in _TEXTS]

    assert reader.inflate(messages[0]) == _TEXTS[0].encode()
    reader.lose()
    assert [reader.inflate(each) for each in messages[2:]] == [None] * 3


def test_without_context_each_message_stands_by_itself() -> None:
    sender, reader = Deflater(alone=True), Inflater()
    messages = [sender.deflate(text) for text in _TEXTS]
    reader.lose()
    assert reader.inflate(messages[3]) == _TEXTS[3].encode()


def test_a_message_that_inflates_to_too_much_is_given_up() -> None:
    sender, reader = Deflater(), Inflater()
    with pytest.raises(TooLongError):
        reader.inflate(sender.deflate("x" * (MOST + 1)))
    assert reader.inflate(Deflater().deflate("x" * MOST)) == b"x" * MOST
    assert reader.inflate(b"\xff\xff\xff") is None


@given(size=st.integers(0, 3_000))
def test_a_blank_message_has_any_length(size: int) -> None:
    made = blank(size)
    assert len(made) == size
    assert Inflater().inflate(made) == b"x" * max(size - 2, 0)


@given(text=st.text("abx ", max_size=60), size=st.integers(2, 90))
def test_a_text_is_packed_with_blanks_behind_it(text: str, size: int) -> None:
    made = packed(text.encode(), size)
    if made is None:
        needed = len(Deflater().deflate(text))
        assert size < needed + 5  # there is no room for a block of blanks
        return
    assert len(made) == size
    inflated = Inflater().inflate(made)
    assert inflated is not None
    assert inflated.rstrip(b" ") == text.encode().rstrip(b" ")


def test_messages_stay_as_they_were_until_something_is_hidden() -> None:
    sender, rewriter, reader = Deflater(), Rewriter(), Inflater()
    sent = [sender.deflate(text) for text in _TEXTS]
    hidden = [
        "x" * len(text) if number == 2 else text for number, text in enumerate(_TEXTS)
    ]
    written = [
        rewriter.rewritten(message, text.encode(), shown.encode())
        for message, text, shown in zip(sent, _TEXTS, hidden, strict=True)
    ]
    read = [reader.inflate(each) for each in written]

    assert written[:2] == sent[:2]
    assert [len(each) for each in written] == [len(each) for each in sent]
    assert (read[2] or b"").strip() == hidden[2].encode()
    assert all(set(each or b"") <= {*b"x"} for each in read[3:])


def test_after_a_loss_nothing_stays_as_it_was() -> None:
    sender, rewriter = Deflater(), Rewriter()
    message = sender.deflate(_TEXTS[0])
    rewriter.lose()
    text = _TEXTS[0].encode()
    assert Inflater().inflate(rewriter.rewritten(message, text, text)) is not None
    assert Rewriter().rewritten(message, text, text) == message
