"""Updates and state vectors as pycrdt writes them, and bytes that are neither."""

from __future__ import annotations

from typing import Any

import pycrdt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.yjs import StateVector, Update, read_state_vector, read_update


def _document(*texts: str) -> pycrdt.Doc[Any]:
    document: pycrdt.Doc[Any] = pycrdt.Doc()
    text = document.get("note", type=pycrdt.Text)
    for each in texts:
        text += each
    return document


def test_an_update_says_what_was_inserted_and_deleted() -> None:
    document = _document("hello 😀")
    text = document.get("note", type=pycrdt.Text)
    assert read_update(document.get_update()) == Update(1, 1, 8, 0)

    del text[0:3]
    assert read_update(document.get_update()) == Update(1, 2, 5, 3)
    assert read_state_vector(document.get_state()) == StateVector(1)


def test_several_who_write_are_counted() -> None:
    one, other = _document("a"), _document("b")
    one.apply_update(other.get_update())

    assert read_update(one.get_update()) == Update(2, 2, 2, 0)
    assert read_state_vector(one.get_state()) == StateVector(2)
    assert read_update(one.get_update(one.get_state())) == Update(0, 0, 0, 0)


def test_documents_of_every_kind_are_read_to_their_end() -> None:
    document: pycrdt.Doc[Any] = pycrdt.Doc()
    inner = {"a": None, "b": [1, -2, 2.5, True, "x", {"y": False}], "c": b"bytes"}
    document["map"] = pycrdt.Map(
        {"value": inner, "text": pycrdt.Text("t"), "list": pycrdt.Array([1, "two"])}
    )
    document["xml"] = pycrdt.XmlFragment(
        [pycrdt.XmlElement("p", {"k": "v"}, [pycrdt.XmlText("z")])]
    )
    rich = document.get("rich", type=pycrdt.Text)
    rich += "bold"
    rich.format(0, 2, {"bold": True})
    rich.insert_embed(1, {"image": "x.png"})

    found = read_update(document.get_update())
    assert found is not None
    assert found.structs > 10


@given(st.binary(max_size=60))
def test_other_bytes_are_no_error(data: bytes) -> None:
    for read in (read_update, read_state_vector):
        found = read(data)
        assert found is None or found.clients >= 0


@pytest.mark.parametrize("cut", [0, 1, 5, -1])
def test_what_is_cut_or_longer_is_neither(cut: int) -> None:
    update = _document("hello").get_update()
    state = _document("hello").get_state()

    assert read_update(update[:cut]) is None
    assert read_update(update + b"\0") is None
    assert read_state_vector(state[:cut]) is None
    assert read_state_vector(state + b"\0") is None


def test_values_inside_values_are_bounded() -> None:
    nested = b"\x01\x01\x01\x00\x08\x01\x01a\x01" + b"\x75\x01" * 5_000 + b"\x7e\x00"

    assert read_update(nested) is None
