from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.inspector.captures import ROOT, pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import Wire

if TYPE_CHECKING:
    from pathlib import Path

SEED = ROOT / "captures" / "seed-nest12.pcap"


def _secret(folder: Path) -> Path:
    wire = Wire()
    wire.connect().ask("login", "1", {"user": "ann", "password": "s3cr3t-one"}).answer(
        "1", "welcome"
    )
    capture = folder / "secret.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    return capture


def _data(page: Path) -> Any:  # noqa: ANN401 — of a page
    text = page.read_text(encoding="utf-8")
    begin = text.index('id="data">') + len('id="data">')
    return json.loads(text[begin : text.index("</script>", begin)])


def test_secrets_are_hidden_unless_somebody_wants_them(tmp_path: Path) -> None:
    capture, page = _secret(tmp_path), tmp_path / "page.html"

    assert run(capture, "--html", page).code == 0
    hidden = page.read_text(encoding="utf-8")
    assert run(capture, "--html", page, "--no-redact").code == 0
    shown = page.read_text(encoding="utf-8")

    assert "s3cr3t-one" not in hidden
    assert "xxxxxxxxxx" in hidden
    assert "s3cr3t-one" in shown


def test_what_is_named_is_hidden_too(tmp_path: Path) -> None:
    capture, page = _secret(tmp_path), tmp_path / "page.html"

    assert run(capture, "--html", page, "--redact", "data.user").code == 0

    data = _data(page)
    assert data["details"]["1"]["body"] == ['{"user":"xxx","password":"xxxxxxxxxx"}']
    assert data["redacted"]


def test_a_file_of_settings_does_not_hide_what_somebody_wants(tmp_path: Path) -> None:
    capture, page = _secret(tmp_path), tmp_path / "page.html"
    (tmp_path / "protocol-inspect.toml").write_text('redact = ["auto"]\n')

    assert run(capture, "--html", page, "--no-redact").code == 0

    assert "s3cr3t-one" in page.read_text(encoding="utf-8")


def test_hiding_nothing_is_for_pages_and_excludes_hiding(tmp_path: Path) -> None:
    page = tmp_path / "page.html"

    alone = run(SEED, "--no-redact")
    both = run(SEED, "--html", page, "--no-redact", "--redact", "auto")

    assert (alone.code, both.code) == (2, 2)
    assert (
        alone.err
        == "protocol-inspect: --no-redact is for --html, which hides secrets\n"
    )
    assert (
        both.err
        == "protocol-inspect: --no-redact hides nothing; it excludes --redact\n"
    )
    assert not page.exists()


def test_other_commands_say_whose_option_it_is(tmp_path: Path) -> None:
    done = run("exchanges", SEED, "--html", tmp_path / "page.html")

    said = "No such option '--html'; it belongs to report, fleet, merge"
    assert (done.code, done.err) == (2, f"protocol-inspect: {said}\n")
