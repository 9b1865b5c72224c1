from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from inspector.views.end_names import cut_end, end_rooms, without_host


@given(st.text("求ab:[]", max_size=40), st.integers(4, 30))
def test_a_name_takes_exactly_its_room(name: str, room: int) -> None:
    assert cell_len(cut_end(name, room)) == room


def test_both_ends_of_a_name_stay() -> None:
    assert cut_end("[2001:db8:ffff::1]:8888", 16) == "[2001…f::1]:8888"
    assert cut_end("10.0.0.1", 10) == "10.0.0.1  "


def test_a_host_is_left_out_in_front_of_its_port_alone() -> None:
    assert without_host("10.0.0.1:80", "10.0.0.1") == ":80"
    assert without_host("10.0.0.1:80", "") == "10.0.0.1:80"
    assert without_host("10.0.0.11:80", "10.0.0.1") == "10.0.0.11:80"
    assert without_host("calc", "calc") == "calc"


def test_names_have_the_room_of_the_widest_if_there_is_as_much() -> None:
    assert end_rooms(["a" * 9, "a"], ["b" * 20], 40) == (9, 20)
    assert end_rooms(["a" * 30], ["b" * 30], 40) == (20, 20)
    assert end_rooms(["a" * 30], ["b" * 8], 30) == (22, 8)
    assert end_rooms(["a" * 8], ["b" * 30], 30) == (8, 22)
    assert end_rooms(["a" * 30], ["b" * 30], -5) == (12, 12)
    assert end_rooms([], [], 9) == (0, 0)
