from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from inspector.headers.fragments import Fragment, Fragments

_PAYLOAD = bytes(range(256)) * 4


def _piece(
    start: int, end: int, *, key: int = 1, payload: bytes = _PAYLOAD, protocol: int = 6
) -> Fragment:
    more = end < len(payload)
    return Fragment(key, start, more, payload[start:end], protocol)


def _pieces(*cuts: int) -> list[Fragment]:
    places = [0, *cuts, len(_PAYLOAD)]
    return [_piece(start, end) for start, end in pairwise(places)]


@given(
    st.sets(st.integers(1, len(_PAYLOAD) - 1), max_size=20).flatmap(
        lambda cuts: st.permutations(_pieces(*sorted(cuts)))
    ),
    st.data(),
)
def test_pieces_in_any_order_and_repeated_make_the_packet_once(
    pieces: list[Fragment], data: st.DataObject
) -> None:
    repeated = data.draw(st.sampled_from(pieces))
    fragments = Fragments()
    joined = [fragments.join(piece) for piece in [repeated, *pieces]]

    if len(pieces) == 1:
        assert joined == [(_PAYLOAD, 6)] * 2
    else:
        assert [each for each in joined if each] == [(_PAYLOAD, 6)]
        # A copy that came after the last piece waits for ever.
        assert fragments.given_up == 0


def test_the_first_piece_says_what_the_packet_is() -> None:
    fragments = Fragments()
    fragments.join(_piece(512, 1024, protocol=44))

    assert fragments.join(_piece(0, 512, protocol=60)) == (_PAYLOAD, 60)


def test_packets_are_kept_apart() -> None:
    fragments = Fragments()
    other = bytes(reversed(_PAYLOAD))
    for key, payload in ((1, _PAYLOAD), (2, other)):
        assert fragments.join(_piece(0, 512, key=key, payload=payload)) is None
    assert fragments.waiting == 2

    assert fragments.join(_piece(512, 1024, key=2, payload=other)) == (other, 6)
    assert fragments.join(_piece(512, 1024, key=1)) == (_PAYLOAD, 6)
    assert (fragments.waiting, fragments.given_up) == (0, 0)


def test_pieces_that_overlap_are_given_up() -> None:
    fragments = Fragments()
    fragments.join(_piece(0, 512))

    assert fragments.join(_piece(504, 1024)) is None
    assert (fragments.waiting, fragments.given_up) == (0, 2)


def test_a_number_that_is_used_anew_begins_anew() -> None:
    fragments = Fragments()
    fragments.join(_piece(0, 512, payload=b"x" * 1024))

    assert fragments.join(_piece(0, 512)) is None
    assert fragments.join(_piece(512, 1024)) == (_PAYLOAD, 6)
    assert fragments.given_up == 1


def test_a_packet_larger_than_any_is_given_up() -> None:
    fragments = Fragments()

    assert fragments.join(Fragment(1, 65_528, True, b"x" * 16, 6)) is None  # noqa: FBT003
    assert (fragments.waiting, fragments.given_up) == (0, 1)


def test_what_waits_is_bounded() -> None:
    fragments = Fragments()
    for key in range(2000):
        fragments.join(_piece(0, 512, key=key))
    for place in range(8, 1600, 16):
        fragments.join(Fragment("one", place, True, b"x" * 8, 6))  # noqa: FBT003

    assert fragments.waiting <= 512 + 64
    assert fragments.waiting + fragments.given_up == 2100
