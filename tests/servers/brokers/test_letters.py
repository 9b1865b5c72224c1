from __future__ import annotations

import pytest

from protocol import UNDEFINED
from servers import InvalidMessageError, Record
from servers.brokers.letters import event_letter, request_letter


def test_a_request_knows_its_channel() -> None:
    letter = request_letter({"b": 1, "a": 2}, [1], UNDEFINED, "7")

    assert letter == b'{"pattern":{"b":1,"a":2},"data":[1],"id":"7"}'
    assert letter.channel == '{"a":2,"b":1}'
    assert letter.record is None


def test_an_event_has_its_pattern_as_it_is_and_its_metadata() -> None:
    letter = event_letter({"on": "it"}, 1, {"m": 1})

    assert letter == b'{"pattern":{"on":"it"},"data":1,"metadata":{"m":1}}'
    assert letter.channel == '{"on":"it"}'


def test_a_record_stays_beside_the_data() -> None:
    record = Record([1], {"h": "v"})

    for letter in (
        request_letter("a", record, UNDEFINED, "7"),
        event_letter("a", record, UNDEFINED),
    ):
        assert letter.startswith(b'{"pattern":"a","data":[1]')
        assert letter.record is record


def test_a_record_without_data_is_refused_as_no_data_is() -> None:
    with pytest.raises(InvalidMessageError):
        request_letter("a", Record(None), UNDEFINED, "7")
    with pytest.raises(InvalidMessageError):
        event_letter("a", Record(None), UNDEFINED)
