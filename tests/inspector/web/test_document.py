"""The page of a run is that of a capture, with what keeps it up to date."""

from __future__ import annotations

import re

from inspector.figures.report import Report
from inspector.web.document import live_document
from inspector.web.live_page import LivePage


def test_the_page_asks_the_run_and_nobody_else() -> None:
    html = live_document(LivePage("protocol-inspect live", redacted=True), Report())

    assert 'data-updates="events"' in html
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert found is not None
    rules = found[1].replace("&#39;", "'").split("; ")
    assert "default-src 'none'" in rules
    assert "connect-src 'self'" in rules
    assert html.count("<script>") == 1
    assert "new EventSource(address)" in html
    assert "#live {" in html
    assert "The page is kept up to date by the run" in html
    assert "http://" not in html.replace("http://www.w3.org/2000/svg", "")
