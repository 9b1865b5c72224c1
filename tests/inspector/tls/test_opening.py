from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.errors import InspectorError
from inspector.tls import opening
from inspector.tls.opening import can_decrypt, open_keylog
from tests.inspector.tls_talk import Talk

if TYPE_CHECKING:
    from pathlib import Path


def test_a_key_log_is_opened(tmp_path: Path) -> None:
    file = tmp_path / "keys.log"
    file.write_bytes(Talk().keylog)

    assert can_decrypt()
    assert len(open_keylog([str(file)])) == 1
    assert open_keylog([str(tmp_path / "later")], grows=True).grows


def test_without_what_decrypts_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opening, "find_spec", lambda _: None)

    with pytest.raises(InspectorError, match=r"cryptography is not installed; .*pip"):
        open_keylog([])
