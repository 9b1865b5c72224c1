"""Users and their passwords: the service that the gateway calls.

Passwords are kept as argon2id hashes only. Hashing is slow by design, so it runs in a
thread while the service goes on replying.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, NamedTuple

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from servers import UNDEFINED, RpcError, Service

if TYPE_CHECKING:
    from protocol import Json

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]


class Credentials(msgspec.Struct):
    """The input of signup and login."""

    username: Text
    password: Text


class User(msgspec.Struct):
    """The public part of an account."""

    id: int
    username: str


class Account(NamedTuple):
    """A user and the hash of the password."""

    user: User
    password_hash: str


class Users:
    """The accounts, kept for as long as the program runs.

    Args:
        hasher: Hashes passwords; by default with the parameters of RFC 9106, section
            4, for little memory.

    Attributes:
        accounts: User name → account.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self.accounts: dict[str, Account] = {}

    async def create(self, credentials: Credentials) -> User:
        """Sign a user up.

        Raises:
            RpcError: 409, the user name is taken.
        """
        self._refuse_taken(credentials.username)
        password_hash = await asyncio.to_thread(self._hasher.hash, credentials.password)
        self._refuse_taken(credentials.username)  # another signup may have been faster
        user = User(len(self.accounts) + 1, credentials.username)
        self.accounts[user.username] = Account(user, password_hash)
        return user

    async def get(self, credentials: Credentials) -> Json:
        """Return the user who logs in, or UNDEFINED if the user name is unknown.

        Raises:
            RpcError: 401, the password is wrong.
        """
        account = self.accounts.get(credentials.username)
        if account is None:
            return UNDEFINED
        try:
            await asyncio.to_thread(
                self._hasher.verify, account.password_hash, credentials.password
            )
        except VerifyMismatchError:
            raise _refusal(401, "Wrong password") from None
        return account.user

    def _refuse_taken(self, username: str) -> None:
        if username in self.accounts:
            raise _refusal(409, "This user name is taken")


def make_auth(users: Users | None = None) -> Service:
    """Return the service: ``create_user`` and ``get_user``."""
    service, users = Service(), users or Users()
    service.message("create_user")(users.create)
    service.message("get_user")(users.get)
    return service


def _refusal(status: int, message: str) -> RpcError:
    return RpcError({"statusCode": status, "message": message})
