r"""Signup and login: an HTTP gateway, and the service that knows the users.

::

    python -m servers.demos.gateway_auth
    curl http://127.0.0.1:3000/auth/signup \
        -d '{"username":"reader","password":"correct horse"}'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import programs
from .gateway import make_gateway
from .users import make_auth

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager


def auth() -> AbstractAsyncContextManager[None]:
    """Run the service that knows the users."""
    return programs.serving(make_auth(), _auth_port())


def gateway() -> AbstractAsyncContextManager[None]:
    """Run the HTTP application."""
    application = make_gateway(_auth_port())
    return programs.serving_http(application, programs.port_of("http", 3000))


def _auth_port() -> int:
    return programs.port_of("auth", 3001)


PROGRAMS = {"auth": auth, "gateway": gateway}

if __name__ == "__main__":
    programs.main(PROGRAMS)
