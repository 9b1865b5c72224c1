from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from servers import BlockingClient
from servers.errors import UsageError
from servers.recorded.books import How
from servers.recorded.loading import load_fake
from servers.testing import serving
from tests.inspector.captures import ROOT
from tests.servers.recorded.recorded import line, value

if TYPE_CHECKING:
    from pathlib import Path


def test_a_capture_answers_with_nothing_hidden() -> None:
    name = str(ROOT / "captures" / "auth-gateway-nest12.pcap")
    fake = load_fake(name, latency="none")

    assert fake.name == "auth-gateway-nest12.pcap"
    assert fake.recordings == 6
    with serving(fake.service) as server, BlockingClient(port=server.port) as nest:
        data = {"username": "reader", "password": "correct horse"}
        user = nest.send("get_user", data)

    assert user["username"] == "reader"
    assert fake.answered == {How.EXACT: 1}


def test_options_are_those_of_the_fake(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_bytes(line("a", {"at": 1}, value(5)))
    fake = load_fake(str(file), ignore=["$.at"], strict=True)

    with serving(fake.service) as server, BlockingClient(port=server.port) as nest:
        assert nest.send("a", {"at": 2}) == 5
    with pytest.raises(UsageError, match=r"\$\.ts"):
        load_fake(str(file), ignore=["at"])


def test_a_misspelt_key_is_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_bytes(b'{"pattern":"a","replies":[{"resposne":1}]}')

    assert load_fake(str(file)).recordings == 1
    assert "line 1, reply 1: unknown key" in caplog.text
    file.write_bytes(b'{"pattern":"a","answr":[{"response":1}]}')
    with pytest.raises(UsageError, match='the nearest is "replies"'):
        load_fake(str(file))
