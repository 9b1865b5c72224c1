"""What is a secret is suspected; nearly nothing else is."""

from __future__ import annotations

import json
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inspector.redaction import texts
from inspector.redaction.suspicion import is_suspect
from inspector.redaction.texts import Redaction

_SECRETS = [
    "password", "pass word", "Pass-Word", "PASS\u00a0WD", "p\x1fwd", "api_key",
    "a.p.i-key", "to\u212aen", "COO\u212aIE", "x-session-id", "myOtp", "c_v_v", "e-y-J",
    "eyJhbGciOi.eyJzdWIiOi.x", "Bearer abcdef1", "Basic QWxhZGRpbg==",
    "sk_live_" + "a1" * 8, "rk-" + "a" * 16, "ghp_" + "a" * 20, "npm_" + "a" * 20,
    "github_pat_" + "a" * 20, "glpat-" + "a" * 16, "xoxb-" + "1" * 10,
    "AKIA" + "A" * 12, "AIza" + "a" * 20, "-----BEGIN RSA PRIVATE KEY-----",
    "redis://u:p@h", "jwt", "a\\b", "naïve", "用户",
]  # fmt: skip
_words = st.one_of(st.sampled_from(_SECRETS), st.text(max_size=6))
_json = st.recursive(
    _words, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words, inner)
)


@given(_json, st.booleans())
@example({"to\u212aen": "x"}, False)  # noqa: FBT003
@example({"\u3000pass\u3000word": "x"}, False)  # noqa: FBT003
def test_what_is_hidden_was_suspected(value: object, ascii_only: bool) -> None:  # noqa: FBT001
    body = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    quick = Redaction(["auto"]).body(body)
    with patch.object(texts, "is_suspect", lambda _: True):
        assert quick == Redaction(["auto"]).body(body)


@given(st.binary())
def test_so_it_is_with_bytes_that_are_no_json(data: bytes) -> None:
    for body in (data, b'{"pass' + data + b'word":"x"}', b'["eyJ' + data + b'"]'):
        quick = Redaction(["auto"]).body(body)
        with patch.object(texts, "is_suspect", lambda _: True):
            assert quick == Redaction(["auto"]).body(body)


@pytest.mark.parametrize(
    "text",
    ['{"pattern":{"cmd":"sum"},"data":[1,2],"id":"a-1"}', '{"name":"求 é","n":-1}'],
)
def test_what_is_plain_is_not_suspected(text: str) -> None:
    assert not is_suspect(text.encode())


def test_what_is_named_is_hidden_wherever_it_is() -> None:
    assert Redaction(["n"]).body(b'{"n":"abc"}') == b'{"n":"xxx"}'
    assert Redaction(["data.n"]).body(b'{"data":{"n":1}}') == b'{"data":{"n":1}}'
