"""Secrets are known by their key, or by how they look."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.redaction.secrets import is_secret_key, looks_secret


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "Password",
        "user_password",
        "passwd",
        "pwd",
        "accessToken",
        "access_token",
        "x-api-key",
        "apiKey",
        "client-secret",
        "private key",
        "Authorization",
        "set-cookie",
        "sessionId",
        "jwt",
        "otp",
    ],
)
def test_a_key_that_names_a_secret(key: str) -> None:
    assert is_secret_key(key)


@pytest.mark.parametrize(
    "key", ["pass", "user", "id", "key", "author", "sessions", "bypass"]
)
def test_a_key_that_names_none(key: str) -> None:
    assert not is_secret_key(key)


@pytest.mark.parametrize(
    "text",
    [
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
        "Bearer abcdef123456",
        "see Basic dXNlcjpwYXNz",
        "sk_live_" + "4" * 20,
        "sk-ant-" + "a1" * 12,
        "ghp_" + "a" * 30,
        "xoxb-" + "1" * 12,
        "AKIA" + "A" * 16,
        "-----BEGIN RSA PRIVATE KEY-----\nMII",
        "postgres://me:hunter2@db/x",
        "login failed, password=hunter5",
        "/login?api_key=12",
    ],
)
def test_a_value_that_looks_like_one(text: str) -> None:
    assert looks_secret(text)


@pytest.mark.parametrize(
    "text",
    [
        "ef706206cd30a1af3f92a",
        "6f1c2d9e-1111-4222-8333-444455556666",
        "https://example.org/a:b",
        "Basic research",
        "token= is missing",
        "sum",
        "me@example.org",
    ],
)
def test_a_value_that_does_not(text: str) -> None:
    assert not looks_secret(text)


_BY_THE_RULES = re.compile(
    r"eyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*"
    r"|\b(?:Bearer|Basic)\s+(?=\S*[0-9A-Z=])[\w+/=.~-]{6,}"
    r"|\b(?:sk|pk|rk)[-_](?:live|test|proj|ant)?[-_]?[\w-]{16,}"
    r"|\bgh[opusr]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}|\bnpm_\w{20,}"
    r"|\bxox[abeoprs]-[\w-]{10,}|\bAKIA[0-9A-Z]{12,}|\bAIza[\w-]{20,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|://[^/\s:@\"]+:[^/\s@\"]+@",
)
"""What a secret looks like, without a thought of what it costs to look for it."""

_PIECES = [
    *("eyJ", "eyJa", "Bearer ", "Basic ", "sk-", "pk_live_", "rk-ant-", "ghp_"),
    *("github_pat_", "glpat-", "npm_", "xoxb-", "AKIA", "AIza", "-----BEGIN "),
    *(
        "PRIVATE KEY-----",
        "://",
        ":",
        "@",
        "/",
        ".",
        "..",
        "-",
        "_",
        "=",
        '"',
        " ",
        "\n",
    ),
    *("a", "7", "A", "é", "bcdefg", "ABCDEF", "0" * 9, "Z" * 12),
]


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_a_value_looks_like_one_by_the_rules(text: str) -> None:
    assert looks_secret(text) == (_BY_THE_RULES.search(text) is not None)
