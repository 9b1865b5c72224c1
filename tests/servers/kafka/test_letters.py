"""What a client sends: the data alone."""

from __future__ import annotations

import pytest

from protocol import UNDEFINED, EncodeError, Json
from servers import InvalidMessageError, PatternError
from servers.kafka import KafkaRecord
from servers.kafka.letters import event_letter, request_letter


def test_a_letter_is_the_value_and_where_it_goes() -> None:
    record = KafkaRecord([1], key="k")
    letter = request_letter({"b": 1, "a": 2}, record, UNDEFINED, "1")

    assert (bytes(letter), letter.channel) == (b"[1]", '{"a":2,"b":1}')
    assert letter.record is record
    assert not letter.is_null


def test_a_record_may_hold_nothing() -> None:
    """Which deletes what its key has been, where a topic is compacted."""
    letter = event_letter("users", KafkaRecord(None, key="7"), UNDEFINED)

    assert (bytes(letter), letter.is_null) == (b"", True)


@pytest.mark.parametrize("data", [None, UNDEFINED, KafkaRecord(UNDEFINED)])
def test_nest_sends_no_nothing(data: Json) -> None:
    with pytest.raises(InvalidMessageError):
        event_letter("users", data, UNDEFINED)


def test_what_is_no_pattern_or_no_json_is_refused() -> None:
    with pytest.raises(PatternError):
        event_letter(b"bytes", 1, UNDEFINED)
    with pytest.raises(EncodeError):
        event_letter("users", [float("nan")], UNDEFINED)
