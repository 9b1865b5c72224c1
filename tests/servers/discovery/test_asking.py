from __future__ import annotations

import sys

import pytest

from servers import UsageError
from servers.discovery import consul, dns_srv, kubernetes


@pytest.mark.parametrize("name", ["httpx", "dns.asyncresolver"])
def test_without_the_extra_one_line_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    makers = (consul, kubernetes) if name == "httpx" else (dns_srv,)
    for make in makers:
        with pytest.raises(UsageError, match=r"protocol-inspect\[discovery\]"):
            make("calc")
