from __future__ import annotations

import pytest

from protocol import UNDEFINED, JsonText
from servers.gateways.answers import (
    Answer,
    Failed,
    Named,
    Value,
    answer_in,
    exception_of,
)


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (b'{"response":6,"isDisposed":true,"id":1}', Value(b"6", last=True)),
        (b'{"response":null,"isDisposed":true,"id":1}', Value(b"null", last=True)),
        (b'{"response":6,"id":1}', Value(b"6", last=False)),
        (b'{"isDisposed":true,"id":1}', Value(None, last=True)),
        (
            b'{"response":{"event":"said","data":[1]},"isDisposed":true,"id":1}',
            Named("said", b"[1]", last=True),
        ),
        (b'{"response":{"event":"said"},"id":1}', Named("said", b"null", last=False)),
        (b'{"response":{"event":7},"id":1}', Named("7", b"null", last=False)),
        (b'{"response":{"event":""},"id":1}', Value(b'{"event":""}', last=False)),
        (b'{"response":{"data":1},"id":1}', Value(b'{"data":1}', last=False)),
        (b'{"err":"no","isDisposed":true,"id":1}', Failed(b'"no"', no_handler=False)),
        (
            b'{"id":1,"status":"error","err":"none"}',
            Failed(b'{"status":"error","message":"none"}', no_handler=True),
        ),
    ],
)
def test_what_a_reply_means_to_a_client(body: bytes, answer: Answer) -> None:
    assert answer_in(body) == answer


@pytest.mark.parametrize(
    ("err", "said"),
    [
        (
            b'{"status":"error","message":"no"}',
            b'{"status":"error","message":"no","cause":{"pattern":"sum","data":[1]}}',
        ),
        (
            b'{"status":"error"}',
            b'{"status":"error","cause":{"pattern":"sum","data":[1]}}',
        ),
        (b'{"code":42}', b'{"code":42}'),
        (b'{"status":"error","code":42}', b'{"status":"error","code":42}'),
        (b"[1]", b"[1]"),
    ],
)
def test_an_exception_repeats_its_cause_unless_it_is_an_object_of_its_own(
    err: bytes, said: bytes
) -> None:
    assert exception_of(err, "sum", JsonText(b"[1]"), cause=True) == said
    assert exception_of(err, "sum", JsonText(b"[1]"), cause=False) == err


def test_a_cause_without_data_has_no_data() -> None:
    said = exception_of(b'{"status":"error"}', "fail", UNDEFINED, cause=True)

    assert said == b'{"status":"error","cause":{"pattern":"fail"}}'
