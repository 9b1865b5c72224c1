from __future__ import annotations

import pytest

from protocol import UNDEFINED, JsonText
from servers.gateways.packets import ACK, EVENT, Packet


def test_what_an_event_carries_stays_the_text_that_came() -> None:
    packet = Packet('2/main,7["sum",[1.0, 2e3, "\\u0041"]]')

    assert (packet.kind, packet.namespace, packet.id) == (EVENT, "/main", 7)
    assert packet.event() == ("sum", JsonText(b'[1.0, 2e3, "\\u0041"]'))
    assert packet.whole


def test_half_of_a_surrogate_pair_is_what_javascript_sends() -> None:
    assert Packet('2["a", "\\ud800"]').event() == ("a", JsonText(b'"\\ud800"'))


@pytest.mark.parametrize(
    ("text", "data"),
    [('2["a"]', UNDEFINED), ('2["a",null]', JsonText(b"null"))],
)
def test_one_argument_is_the_data_and_none_is_undefined(
    text: str, data: object
) -> None:
    assert Packet(text).event() == ("a", data)


def test_several_arguments_are_a_list() -> None:
    assert Packet('2["a",1,{"b":2}]').event()[1] == JsonText(b'[1,{"b":2}]')


def test_attachments_become_texts_in_base64() -> None:
    packet = Packet(
        '52-["a",{"x":{"_placeholder":true,"num":1}},{"_placeholder":true,"num":0}]'
    )
    packet.attach(b"one", 10)
    assert not packet.whole
    packet.attach(b"two", 10)

    assert packet.kind == EVENT
    assert packet.event()[1] == JsonText(b'[{"x":"dHdv"},"b25l"]')


def test_the_values_of_an_acknowledgement() -> None:
    packet = Packet('33[1,"two"]')

    assert (packet.kind, packet.id, packet.values()) == (ACK, 3, [1, "two"])


def test_what_attachments_may_take_has_limits() -> None:
    with pytest.raises(ValueError, match="too many attachments"):
        Packet('51001-["a"]')
    packet = Packet('51-["a",{"_placeholder":true,"num":0}]')
    with pytest.raises(ValueError, match="more than 2 bytes"):
        packet.attach(b"one", 2)
    with pytest.raises(ValueError, match="no attachment, but a text"):
        packet.attach('2["a"]', 9)


@pytest.mark.parametrize("text", ['2{"a":1}', "2[1]", "2", '2[""'])
def test_an_event_without_a_name_is_an_error(text: str) -> None:
    with pytest.raises(Exception, match=r".+"):
        Packet(text).event()
