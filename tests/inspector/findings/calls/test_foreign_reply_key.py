from __future__ import annotations

from protocol import Response
from tests.inspector.scenes import (
    TEXT,
    THREE,
    Sentences,
    Trace,
    replies,
    said_of,
)

TRACE = Trace(
    replies(Response("1", THREE, is_disposed=True, extra={"traceId": TEXT})),
    replies(Response("1", THREE, is_disposed=True, status=TEXT)),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "foreign-reply-key") == Sentences(
        message="a reply to sum with the extra key traceId",
        headline="1 reply with an extra key",
        cause=(
            "sum: traceId. A client of Nest 12 takes a reply with such a key for "
            "the value itself and ends the call, even with an error; older clients "
            "ignore the key. Packet 5."
        ),
        hint="put the value inside response; no keys but id, response, err, isDisposed",
    )


def test_of_many_keys_or_long_ones_it_names_the_beginning() -> None:
    extra = {"x" * 50: TEXT, **{f"k{number}": TEXT for number in range(100)}}
    many = replies(Response("1", THREE, is_disposed=True, extra=extra))

    message = said_of(TRACE._replace(triggers=many), "foreign-reply-key").message
    assert message == (
        f"a reply to sum with the extra keys {'x' * 40}…, k0, k1, k2 and 97 more"
    )
