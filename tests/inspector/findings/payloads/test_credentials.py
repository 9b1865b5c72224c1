from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.findings.payloads.credentials import Credentials, fields_in
from tests.inspector.conversation import SERVER, Wire, inspected, response
from tests.inspector.scenes import Sentences, Trace, asked, begun, group_in, said_of

TRACE = Trace(
    asked({"name": "ana", "password": "secret"}),
    asked({"name": "password", "passwordless": "yes", "password": ""}),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "credentials") == Sentences(
        message="password in a request, in clear text",
        headline="password in 1 request",
        cause="login: anyone who can capture the connection can read it. Packet 4.",
        hint="set tlsOptions on both sides",
    )


def test_what_to_do_depends_on_who_sends_it() -> None:
    def advice(data: object, value: object) -> str:
        wire, call = begun()
        call.ask("login", "1", data).answer("1", value)
        group = group_in(wire, "credentials")
        return group.first.rule.advice(group)  # type: ignore[attr-defined, no-any-return]

    secret = {"token": "x"}
    assert advice(secret, 1) == "set tlsOptions on both sides"
    assert advice(1, secret) == (
        "leave secrets out of replies; set tlsOptions on both sides"
    )
    assert advice(secret, secret) == (
        "set tlsOptions on both sides; leave secrets out of replies"
    )


@pytest.mark.parametrize(
    "name",
    ["password", "passwd", "secret", "token", "accessToken", "api_key", "PASSWORD"],
)
def test_what_should_not_travel_in_clear_text_is_named(name: str) -> None:
    wire = Wire()
    call = wire.connect().ask("login", "1", {"user": {name: "hunter2"}})
    call.answer("1", {"items": [{name: "hunter2"}]})
    findings = inspected(wire.records).findings

    assert [(each.subject, each.detail, each.packet) for each in findings] == [
        (name, "request", 4),
        (name, "reply", 5),
    ]
    assert not any("hunter2" in each.message for each in findings)


def test_the_packet_of_a_reply_with_a_password_is_that_reply() -> None:
    wire = Wire()
    call = wire.connect().ask("users", "1")
    call.send(SERVER, response("1", {"password": "x"}, last=False))
    call.send(SERVER, response("1", {"name": "ana"}))
    (finding,) = inspected(wire.records).findings

    assert finding.packet == 5


def test_the_values_of_a_stream_are_alike() -> None:
    wire = Wire()
    call = wire.connect().ask("users", "1", {"token": "x"})
    for number in range(3):
        call.send(SERVER, response("1", {"token": "y"}, last=number == 2))
    findings = inspected(wire.records).findings

    assert [(each.detail, each.packet) for each in findings] == [
        ("request", 4),
        ("reply", 5),
    ]


@pytest.mark.parametrize(
    "text",
    ['"token"' + " " * 1_000_000, '"token":""' * 100_000, '"token"\t:\t1' * 100_000],
    ids=["blanks", "empty", "numbers"],
)
def test_no_text_takes_more_than_one_look_at_each_character(text: str) -> None:
    # A pattern that tried its blanks anew would not end here in hours.
    assert fields_in(text) == []


def test_every_field_is_named_once_as_it_is_first_spelled() -> None:
    wire = Wire()
    data = {"Token": "a", "password": "b", "again": [{"token": "c"}, {"password": "d"}]}
    wire.connect().ask("login", "1", data).answer("1")
    (finding,) = inspected(wire.records).findings

    assert finding.subject == "Token and password"


def test_of_many_fields_the_first_are_named() -> None:
    names = ["token", "password", "secret", "apikey", "passwd", "accesstoken"]

    assert fields_in("".join(f'"{name}":"x"' for name in names)) == names
    wire = Wire()
    wire.connect().ask("login", "1", dict.fromkeys(names, "x")).answer("1")
    (finding,) = inspected(wire.records).findings
    assert finding.subject == "token, password, secret, apikey and others"


@given(st.text("secretpaswrdtoknyhizuSK_ ", max_size=30))
def test_a_text_that_a_glance_takes_has_one_of_the_words(text: str) -> None:
    found = any(word in text.lower() for word in Credentials.words)

    assert found or not Credentials().glance(text)
