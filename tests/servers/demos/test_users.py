from __future__ import annotations

import asyncio
from typing import Any

import pytest
from argon2 import PasswordHasher

from servers import UNDEFINED, RemoteError
from servers.demos.users import Users, make_auth
from servers.testing import connected

_QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
_READER = {"username": "reader", "password": "correct horse"}
_USER = {"id": 1, "username": "reader"}


async def test_who_signs_up_can_log_in_with_that_password_only() -> None:
    async with connected(make_auth(Users(_QUICK))) as auth:
        assert await auth.send("get_user", _READER) is UNDEFINED
        assert await auth.send("create_user", _READER) == _USER
        assert await auth.send("get_user", _READER) == _USER
        with pytest.raises(RemoteError) as wrong:
            await auth.send("get_user", {**_READER, "password": "Correct horse"})
        assert wrong.value.err == {"statusCode": 401, "message": "Wrong password"}


async def test_of_many_who_want_a_name_at_once_one_gets_it() -> None:
    async with connected(make_auth(Users(_QUICK))) as auth:
        wanted = (auth.send("create_user", _READER) for _ in range(4))
        answers = await asyncio.gather(*wanted, return_exceptions=True)
        refused = [each for each in answers if isinstance(each, RemoteError)]

        assert [each for each in answers if each not in refused] == [_USER]
        taken = {"statusCode": 409, "message": "This user name is taken"}
        assert [each.err for each in refused] == [taken] * 3


async def test_a_password_is_kept_as_an_argon2_hash_only() -> None:
    users = Users()
    service = make_auth(users)
    async with connected(service) as auth:
        await auth.send("create_user", _READER)
    (account,) = users.accounts.values()

    assert account.password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert "correct horse" not in repr(account)


@pytest.mark.parametrize(
    "credentials",
    [{}, {"username": "a"}, {"username": "", "password": "b"}, ["a", "b"], "a"],
)
async def test_what_are_no_credentials_is_refused(credentials: Any) -> None:  # noqa: ANN401
    async with connected(make_auth(Users(_QUICK))) as auth:
        for pattern in ("create_user", "get_user"):
            with pytest.raises(RemoteError, match="Invalid data: "):
                await auth.send(pattern, credentials)
