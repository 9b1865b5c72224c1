from __future__ import annotations

from base64 import b64encode
from typing import Any

import pycrdt
import pytest

from inspector.views.yjs_lines import yjs_lines
from protocol import JsonText, dumps


def _lines(value: object) -> list[str]:
    return list(yjs_lines(JsonText(dumps(value))))


def test_updates_and_state_vectors_are_named() -> None:
    document: pycrdt.Doc[Any] = pycrdt.Doc()
    text = document.get("note", type=pycrdt.Text)
    text += "hello"
    update = b64encode(document.get_update()).decode()
    state = b64encode(document.get_state()).decode()

    assert _lines({"room": "tea", "update": update, "state": state}) == [
        "update: Yjs update, 1 struct of 1 client, 5 inserted, 0 deleted",
        "state: Yjs state vector, 1 client",
    ]


@pytest.mark.parametrize(
    "value",
    [
        {"update": "note"},
        {"update": 7, "state": None},
        {"state": "open"},
        {"other": "AA=="},
        ["update"],
        "update",
        {"update": ""},
    ],
)
def test_other_values_have_no_line(value: object) -> None:
    assert _lines(value) == []
