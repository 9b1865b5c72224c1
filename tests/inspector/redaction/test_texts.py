"""What is hidden takes as many bytes and as many units, and the rest is untouched."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inspector.errors import InspectorError
from inspector.redaction.texts import Redaction, hide
from protocol import count_units, loads


def redacted(value: object, *paths: str) -> Any:  # noqa: ANN401 — any JSON value
    body = json.dumps(value, ensure_ascii=False).encode()
    return json.loads(Redaction(paths).body(body))


_json = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(),
    ),
    lambda inner: st.one_of(
        st.lists(inner),
        st.dictionaries(
            st.sampled_from(["a", "b", "password", "é", "data", "id"]), inner
        ),
    ),
)


@given(
    _json, st.sampled_from(["auto", "a", "data", "data.a", "data.*.b", "*.password"])
)
def test_bytes_and_units_stay_and_the_text_stays_json(value: object, path: str) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        try:
            body = text.encode()
        except UnicodeEncodeError:
            continue
        hidden = Redaction([path]).body(body)

        assert len(hidden) == len(body)
        assert count_units(hidden) == count_units(body)
        json.loads(hidden)


def test_a_string_that_is_json_with_a_secret_is_hidden() -> None:
    inner = {"user": "ann", "password": "hunter2"}
    plain = json.dumps({"user": "ann"})
    for _ in range(6):
        text = json.dumps(inner)
        hidden = redacted({"data": {"body": text, "other": plain}}, "auto")

        assert set(hidden["data"]["body"]) == {"x"}
        assert hidden["data"]["other"] == plain
        inner = [text]  # type: ignore[assignment] # once more in a string

    deep = json.dumps(1)
    for _ in range(7):
        deep = json.dumps([deep])
    assert set(redacted({"data": deep}, "auto")["data"]) == {"x"}  # is not read so far


def test_a_secret_in_words_is_hidden_with_them() -> None:
    frame = {
        "pattern": "login?token=hunter2",
        "err": {"message": "failed, Password=hunter5"},
        "data": "what is the token",
    }

    hidden = redacted(frame, "auto")

    assert "hunter" not in json.dumps(hidden)
    assert hidden["data"] == frame["data"]


@example(b"{{")
@given(st.binary())
def test_bytes_that_are_no_json_keep_their_length_and_their_units(data: bytes) -> None:
    for body in (data, b'{"password":"' + data + b'"}'):
        hidden = Redaction(["auto"]).body(body)

        assert len(hidden) == len(body)
        text, before = (
            hidden.decode("utf-8", "replace"),
            body.decode("utf-8", "replace"),
        )
        assert len(text.encode("utf-16")) == len(before.encode("utf-16"))


@pytest.mark.parametrize(
    ("token", "shown"),
    [
        ('"p1 é 求 😀"', '"xxx×x※x𝑥"'),
        (r'"a\"b\u00e9"', '"xxxxxxxxxx"'),
        ('""', '""'),
        ('"p1', '"xx'),
        (r'"a\"', r'"xx"'),
        ('"', '"'),
        ("-12.5e3", "-11.1e1"),
        ("0", "1"),
        ("true", "null"),
        ("false", '"xxx"'),
        ("null", "null"),
    ],
)
def test_a_scalar_is_hidden_in_as_many_bytes(token: str, shown: str) -> None:
    assert hide(token) == shown
    assert len(shown.encode()) == len(token.encode())


def test_a_hidden_scalar_is_json_as_before() -> None:
    for token in ('"p1 é 求 😀"', r'"a\"b\u00e9"', "-12.5e3", "0", "false"):
        loads(hide(token).encode())


@pytest.mark.parametrize(
    ("body", "hidden"),
    [
        (b'{"password":"p1', b'{"password":"xx'),
        (b'{"password":"p1\\', b'{"password":"xxx'),
        (b'{"password":"p1\\"}', b'{"password":"xxxxx'),
        (b'{"a":"b","note":"Bearer abcdef123456', b'{"a":"b","note":"' + b"x" * 19),
    ],
)
def test_a_string_without_an_end_is_hidden_to_the_end(
    body: bytes, hidden: bytes
) -> None:
    assert len(Redaction(["auto"]).body(body)) == len(body)
    assert b"p1" not in Redaction(["auto"]).body(body)
    assert Redaction(["auto"]).body(body) == hidden


def test_what_is_open_costs_as_much_however_deep_it_lies() -> None:
    tracemalloc.start()
    Redaction(["data.a.b"]).body(b'{"a":' * 5_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 5_000_000  # bytes; a list of all keys for each would take 100 MB


def test_a_deep_path_is_no_short_one() -> None:
    value: object = "p1"
    for key in ("c", "b", "a", "a", "b", "a"):
        value = {key: value}

    assert redacted(value, "a.b.c") == value
    assert redacted(value, "a.b.a.a.b.c") != value


def test_a_path_leads_from_the_outermost_object() -> None:
    value = {
        "pattern": "login",
        "data": {"user": {"name": "ana", "pin": 12}, "name": "x"},
        "id": "1",
    }

    assert redacted(value, "data.user.name")["data"] == {
        "user": {"name": "xxx", "pin": 12},
        "name": "x",
    }
    assert redacted(value, "data.user")["data"]["user"] == {"name": "xxx", "pin": 11}
    assert redacted(value, "data.*.pin")["data"]["user"] == {"name": "ana", "pin": 11}


def test_an_array_is_passed_through_and_a_single_key_is_found_anywhere() -> None:
    value = {"data": [{"name": "a"}, {"x": [{"name": "b"}]}], "id": "1"}

    assert redacted(value, "data.name")["data"] == [
        {"name": "x"},
        {"x": [{"name": "b"}]},
    ]
    assert redacted(value, "data[*].name") == redacted(value, "data[].name")
    assert redacted(value, "data[*].name") == redacted(value, "data.name")
    assert redacted(value, "name")["data"] == [{"name": "x"}, {"x": [{"name": "x"}]}]


def test_known_secrets_are_hidden_besides() -> None:
    value = {
        "data": {
            "email": "a@x.io",
            "password": "p1",
            "credentials": {"user": "ana", "on": True},
            "tokenValid": False,
            "note": "Bearer abcdef123456",
        },
        "id": "1",
    }

    assert redacted(value, "auto")["data"] == {
        "email": "a@x.io",
        "password": "xx",
        "credentials": {"user": "xxx", "on": None},
        "tokenValid": False,
        "note": "x" * 19,
    }


def test_what_pairs_a_reply_with_its_request_stays() -> None:
    value = {"response": 1, "id": "secret-1", "isDisposed": True, "status": "x"}

    assert redacted(value, "*", "id", "isDisposed", "status") == value | {"response": 1}
    assert redacted({"data": {"id": "a"}, "id": "b"}, "id") == {
        "data": {"id": "x"},
        "id": "b",
    }


def test_a_key_is_a_secret_however_it_is_spelled() -> None:
    assert (
        Redaction(["auto"]).body(rb'{"pass\u0077ord":"p1"}')
        == rb'{"pass\u0077ord":"xx"}'
    )


def test_nothing_to_hide_is_the_same_object() -> None:
    body = b'{"pattern":"sum","data":[1, 2],"id":"1"}'

    assert Redaction(["auto"]).body(body) is body


@pytest.mark.parametrize(
    "path", ["", ".", "data.", "data..a", "data a", "data[0", ".a"]
)
def test_a_path_that_is_none_is_refused(path: str) -> None:
    with pytest.raises(InspectorError, match=r"--redact: '.*' is not a path"):
        Redaction([path])


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("no queue 'cats_q' in vhost", "no queue '…' in vhost"),
        ("no queue 'cats_q' in vhost '/'", "no queue '…'"),
        ("no queue 'cat's_q' here", "no queue '…'"),
        ("no queue 'cats_q", "no queue '…'"),
        ("key'cats_q'", "key'…'"),
        ('no "cat\'s" and "dogs" left', "no '…' left"),
        ("it is “cats” and “dogs", "it is '…' and '…'"),
        ("it begins with b'cats'", "it begins with b'…'"),
        ("the broker's words don't name it", None),
        ("the broker's words: 'cats'", "the broker's words: '…'"),
        ("nothing", None),
        ("refused: Bearer 4f5d0c1b7a", "'…'"),
        ("no broker at amqp://tom:staple@10.0.0.9", "'…'"),
    ],
)
def test_of_a_sentence_what_it_quotes_is_hidden_to_the_last_mark(
    words: str, shown: str | None
) -> None:
    assert Redaction(()).words(words) == (words if shown is None else shown)


def test_a_key_that_is_a_secret_is_hidden() -> None:
    keys = [f"sk_live_51H8abcdefABCDEFabcd123{n}" for n in range(3)]
    inner = json.dumps({keys[0]: 1})
    value = {"a": 1, keys[0]: 1, keys[1]: {"b": 2}, keys[2]: 3, "in": inner}
    body = json.dumps({"data": value}).encode()
    hidden = Redaction(["auto"]).body(body)

    assert len(hidden) == len(body)
    assert json.loads(hidden)["data"] == {
        "a": 1,
        "x" * 32: 1,
        "x" * 31 + "2": {"b": 2},
        "x" * 31 + "3": 3,
        "in": "x" * len(json.dumps(inner)[1:-1]),
    }
    jwt = "eyJhbGciOi.eyJzdWIiOi.x"
    assert redacted({"data": {jwt: 1, "token_id": {}}}, "auto") == {
        "data": {"x" * len(jwt): 1, "token_id": {}}
    }
