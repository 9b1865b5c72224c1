"""Browsers and other clients of HTTP see a run of real Nest, and nobody else does."""

from __future__ import annotations

import re
import socket
import subprocess
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from inspector.streams.endpoints import Endpoint
from inspector.web.board import Board
from tests.inspector.captures import SEED, pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import Wire
from tests.inspector.page.browser import Seen, chromium
from tests.inspector.watched import watched
from tests.inspector.web.test_increments import applied
from tests.inspector.web.viewers import Viewer, asked, port
from tests.inspector.without import without
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.inspector.nest import Nest
    from tests.inspector.watched import Watched

_AT = re.compile(r"web: http://([^/\s]+):(\d+)/(\?token=\S+)?")
_SAYS = "#live [role=status]"
_PAUSED, _HELD = re.compile("^Paused · .* held$"), re.compile(" held$")
_READ = """async (address) => {
  const found = [];
  try {
    found.push(await (await fetch(address)).text());
  } catch {
    found.push('refused');
  }
  await new Promise((done) => {
    const events = new EventSource(address);
    events.onopen = () => { found.push('opened'); done(); };
    events.onerror = () => { found.push('refused'); done(); };
  });
  return found;
}"""


def _served_by(command: Watched) -> Endpoint:
    command.until(lambda: _AT.search(command.err))
    found = _AT.search(command.err)
    assert found is not None
    return Endpoint("127.0.0.1", int(found[2]))


class _Follower:
    """A viewer that keeps a state up to date, as the script does."""

    def __init__(self, where: Endpoint) -> None:
        self.viewer = Viewer(where)
        self.state: dict[str, Any] = {}
        self.kinds: list[str] = []

    def read(self) -> None:
        """Take in the next event."""
        event = self.viewer.event()
        self.kinds.append(event.kind)
        if event.kind == "state":
            self.state = event.data
        elif event.kind == "change":
            self.state = applied(self.state, event.data)

    def until_end(self) -> dict[str, Any]:
        """Return the last state of a run."""
        while "end" not in self.kinds:
            self.read()
        return self.state

    def close(self) -> None:
        """Leave."""
        self.viewer.close()


def test_all_viewers_see_what_the_lines_of_a_run_say(nest: Nest) -> None:
    with nest.service() as service, ExitStack() as stack:
        words = ["0", f"127.0.0.1:{service.port}", "--json", "--web", "0"]
        proxy = stack.enter_context(watched("proxy", *words))
        where = _served_by(proxy)
        stalled = stack.enter_context(closing(Viewer(where)))
        assert stalled.response.status == 200
        viewers = [stack.enter_context(closing(_Follower(where))) for _ in range(3)]
        browser = stack.enter_context(chromium())
        page, seen = _opened(browser, where)
        for each in viewers:
            each.read()
        assert viewers[0].state["seen"] == 0
        nest.client("steps", 4, *proxy.ports)
        _in_the_page(page, proxy, nest)
        _elsewhere(browser, where)
        late = stack.enter_context(closing(_Follower(where)))
        late.read()
        assert proxy.interrupt() == 0
        _has(page, _SAYS, "The run has ended")
        assert not seen.words
        states = [each.until_end() for each in (*viewers, late)]

    assert all(state == states[0] for state in states)
    (summary, exchanges), state = (proxy.summary, proxy.exchanges), states[0]
    assert state["summary"] == summary
    assert sorted(each["n"] for each in state["exchanges"]) == [
        each["number"] for each in exchanges
    ]
    assert state["live"]["ended"]
    assert late.kinds[0] == "state"
    assert set(seen.requests) == {f"http://{where}/", f"http://{where}/events"}
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(where)


def _opened(browser: Browser, where: Endpoint) -> tuple[Page, Seen]:
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.set_default_timeout(PATIENCE * 1e3)
    seen = Seen(page)
    page.goto(f"http://{where}/")
    _has(page, _SAYS, "Live")
    return page, seen


def _has(page: Page, place: str, words: str | re.Pattern[str]) -> None:
    """Wait until an element says something."""
    expect(page.locator(place)).to_have_text(words, timeout=PATIENCE * 1e3)


def _in_the_page(page: Page, proxy: Watched, nest: Nest) -> None:
    """Pause, filter, follow and read, as a person does."""
    _has(page, "#count", "20 exchanges")
    page.keyboard.press("p")
    nest.client("steps", 1, *proxy.ports)
    _has(page, _SAYS, _PAUSED)
    assert page.locator("#count").inner_text() == "20 exchanges"
    page.get_by_role("button", name="Pause").click()
    _has(page, "#count", "25 exchanges")
    page.locator("#patterns-table th button").last.click()
    page.locator("#filter").fill("fail")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Follow").click()
    page.locator("#list tbody a").first.click()
    drawer = page.locator("#drawer")
    assert "fail" in drawer.inner_text()
    nest.client("steps", 1, *proxy.ports)
    _has(page, _SAYS, _HELD)
    assert page.locator("#count").inner_text() == "5 of 25"
    page.keyboard.press("Escape")
    _has(page, "#count", "6 of 30")
    first = page.locator("#list tbody tr").first.inner_text()
    assert first.startswith("#29")  # the newest that matches
    sorted_by = page.locator("#patterns-table thead th").last.get_attribute("aria-sort")
    assert sorted_by == "descending"


def _elsewhere(browser: Browser, where: Endpoint) -> None:
    """See that a page of another origin reads nothing."""
    with port(Board()) as other:
        page = browser.new_page()
        page.goto(f"http://{other}/")
        for path in ("", "events"):
            found = page.evaluate(_READ, f"http://{where}/{path}")
            assert found == ["refused", "refused"]
        page.set_content(f'<iframe src="http://{where}/"></iframe>')
        page.wait_for_load_state("networkidle")
        frame = page.frames[-1]
        assert frame.evaluate("document.body.textContent.includes('Findings')") is False
        page.close()


def _secret() -> bytes:
    wire = Wire()
    talk = wire.connect()
    talk.ask("login", 1, {"password": "hunter22", "note": "<b>&"}).answer(1, "yes")
    return pcap_bytes(wire.records)


@pytest.mark.parametrize(("options", "hidden"), [([], True), (["--no-redact"], False)])
def test_secrets_are_hidden_unless_that_is_not_wanted(
    options: list[str], *, hidden: bool, tmp_path: Path
) -> None:
    written = tmp_path / "run.pcapng"
    words = ["live", "-", "--json", "--web", "0.0.0.0:0", "--write", str(written)]
    with watched(*words, *options, stdin=subprocess.PIPE, says="web:") as live:
        where = _served_by(live)
        token = _AT.search(live.err)
        assert token is not None
        assert token[1] == socket.gethostname()
        assert asked(where, "/").status == asked(where, "/events").status == 403
        assert asked(where, f"/{token[3]}", Host="elsewhere").status == 200
        with closing(_Follower(where)) as viewer:
            viewer.viewer.close()
            viewer.viewer = Viewer(where, f"/events{token[3]}")
            viewer.read()
            assert live.process.stdin is not None
            live.process.stdin.write(_secret())
            live.process.stdin.close()
            state = viewer.until_end()
        assert live.wait() == 0

    (found,) = state["details"].values()
    assert ("hunter22" in str(found)) is not hidden
    assert ("hunter22" in live.out) is not hidden
    assert b"hunter22" in written.read_bytes()
    assert "<b>&" in str(found)
    assert state["redacted"] is hidden
    assert state["answers"][0][2].startswith("Nothing failed or waited")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (
            ["--no-redact"],
            "--no-redact is for --web, --otlp and --parquet, which hide secrets",
        ),
        (
            ["--web", "0", "--no-redact", "--redact", "data.x"],
            "--no-redact hides nothing; it excludes --redact",
        ),
        (["--web", "x"], "--web x: not PORT or HOST:PORT"),
    ],
)
def test_options_that_contradict_one_another_are_one_line(
    options: list[str], problem: str
) -> None:
    outcome = run("live", "-", *options)

    assert (outcome.code, outcome.out) == (2, "")
    assert problem in outcome.err


def test_a_port_that_is_taken_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        outcome = run("live", "-", "--web", str(number))

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        f"protocol-inspect: 127.0.0.1:{number}: cannot listen: address already in use\n"
    )


def test_without_the_extra_it_says_what_to_install() -> None:
    outcome = without("uvicorn", "live", "-", "--web", "0")

    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert outcome.stderr.count("\n") == 1
    assert "--web: uvicorn is not installed; " in outcome.stderr
    assert "install uvicorn" in outcome.stderr
    assert without("starlette", str(SEED)).returncode == 0, "nothing else needs it"
