"""The page in a real Chromium, in one run of it: it takes a while to start."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from inspector.page.document import document
from tests.inspector.captures import ROOT
from tests.inspector.command import run
from tests.inspector.page.browser import chromium, opened
from tests.inspector.page.pages import calls, hostile, made, made_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

_SEED = ROOT / "captures" / "seed-nest12.pcap"
_CHAIN = ROOT / "captures" / "chains" / "chain-nest12.pcap"
_FAILING = range(3, 60, 10)
_WIDE = {"viewport": {"width": 1280, "height": 900}}
_PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
_STATIC = """() => Object.fromEntries(['#file', 'nav', '#answers', '#figures',
  '#finding-list', '#finding-rest', '#services-table', '#matrix', '#patterns-table',
  '#chains-table', '#chains-said', '#wire-table', '#left-out', 'footer'].map((part) =>
    [part, document.querySelector(part).innerHTML
      .replaceAll(/ aria-current="\\w+"/g, '')]))"""
_INSERT = "(text) => { document.body.insertAdjacentHTML('beforeend', text); }"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write pages: of calls, of chains over brokers, of a hostile peer, of nothing."""
    folder = tmp_path_factory.mktemp("pages")
    captures = {
        "calls": made(calls(60, failing=_FAILING, data="find me #7").records),
        "chain": made_of(_CHAIN),
        "seed": made_of(_SEED),
        "hostile": made(hostile().records),
        "empty": made([]),
    }
    files = {name: folder / f"{name}.html" for name in captures}
    for name, each in captures.items():
        page = document(each.data([f"{name}.pcap"]))
        files[name].write_text(page, encoding="utf-8")
    return files


def _numbers(page: Page) -> list[int]:
    """Return the numbers of the exchanges that the list shows."""
    return [int(text[1:]) for text in page.locator("#list tbody .n").all_inner_texts()]


def _texts(page: Page, selector: str) -> list[str]:
    return page.locator(selector).all_inner_texts()


def test_a_page_is_shown_on_a_phone_without_a_word_to_the_console(
    browser: Browser, pages: dict[str, Path]
) -> None:
    for name in ("hostile", "empty"):
        with opened(browser, pages[name], **_PHONE) as (page, seen):
            assert page.title().endswith(f" · {name}.pcap")
            none = page.get_by_text("No exchange was seen.")
            assert none.is_visible() == (name == "empty")
            assert seen.words == [], name


def test_the_script_lays_out_what_the_template_does(
    browser: Browser, pages: dict[str, Path]
) -> None:
    for name in ("chain", "hostile"):
        with opened(browser, pages[name], java_script_enabled=False) as (plain, _):
            before = plain.evaluate(_STATIC)
        with opened(browser, pages[name]) as (page, seen):
            assert page.evaluate(_STATIC) == before
            assert seen.words == []


def test_the_figures_that_are_shown_are_those_of_the_json_lines(
    browser: Browser, pages: dict[str, Path]
) -> None:
    *_, summary = run(_SEED, "--json").lines
    with opened(browser, pages["seed"], **_WIDE) as (page, _):
        figures = dict(
            zip(_texts(page, "#figures dt"), _texts(page, "#figures dd"), strict=True)
        )
        wire = [row.split("\t") for row in _texts(page, "#wire-table tr")]
        (sentence,) = _texts(page, "h1")

    health = summary["health"]
    assert figures["message calls"] == str(health["calls"])
    assert figures["failed"] == str(health["failed"])
    assert figures["without a reply"] == str(health["unanswered"])
    assert figures["events"] == str(summary["events"])
    assert sentence.endswith(health["sentence"])
    total = wire[-1]
    assert int(total[1]) == summary["messages"] + summary["events"] + summary["orphans"]
    assert total[3:5] == [str(summary["data_packets"]), str(summary["pure_acks"])]


def test_exchanges_are_filtered_sorted_and_opened(
    browser: Browser, pages: dict[str, Path]
) -> None:
    with opened(browser, pages["calls"], **_WIDE) as (page, seen):
        assert _numbers(page)[:6] == list(_FAILING)
        page.get_by_role("button", name="Show 35 more of 35").click()
        assert len(_numbers(page)) == 60
        _filter(page)
        _sort(page)
        _walk(page)
        _look_into(page)
        _update(page)
        _navigate(page)
        assert seen.words == []


def _filter(page: Page) -> None:
    """Filter by words, by numbers, by times, and by a press on a chip."""
    for words, numbers in {
        "#7": [7],
        "error: no": list(_FAILING),
        "FIND -error #13": [],
        ">1h": [],
        "<1s error": list(_FAILING),
    }.items():
        page.keyboard.press("/")
        page.keyboard.type(words)
        assert _numbers(page) == numbers, words
        assert page.locator("#none").is_visible() == (not numbers)
        page.locator("#filter").fill("")
        page.keyboard.press("Escape")
    page.get_by_role("button", name="slow", exact=True).click()
    assert page.locator("#none").inner_text() == "No exchange is like this."
    page.get_by_role("button", name="slow", exact=True).click()
    page.get_by_role("button", name="failed", exact=True).click()
    assert _numbers(page) == list(_FAILING)
    assert page.locator("#count").inner_text() == "6 of 60"
    page.get_by_role("button", name="failed", exact=True).click()


def _sort(page: Page) -> None:
    """Sort the list and a table, each in both directions."""
    heading = page.locator("#list th").first
    for order, first in (("descending", 60), ("ascending", 1)):
        heading.get_by_role("button").click()
        assert heading.get_attribute("aria-sort") == order
        assert _numbers(page)[0] == first
    calls_heading = page.locator("#patterns-table th").nth(1)
    calls_heading.get_by_role("button").click()
    assert calls_heading.get_attribute("aria-sort") == "descending"


def _walk(page: Page) -> None:
    """Go through the list by keys, and come back to where one was."""
    page.evaluate("() => document.activeElement.blur()")
    for key in "jjk":
        page.keyboard.press(key)
    assert _texts(page, "#list tr[aria-current] .n") == ["#1"]
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog")
    assert drawer.get_attribute("aria-labelledby") == "drawer-title"
    assert page.locator("#drawer-title").inner_text().startswith("#1 sum")
    page.keyboard.press("j")
    assert page.locator("#drawer-title").inner_text().startswith("#2 sum")
    assert page.url.endswith("#2")
    page.get_by_role("button", name="Next in the list").click()
    assert page.url.endswith("#3")
    page.keyboard.press("Escape")
    assert drawer.is_hidden()
    assert "#" not in page.url
    page.evaluate("() => { location.hash = '#999'; }")
    page.get_by_text("#999 is not on this page").wait_for()


def _look_into(page: Page) -> None:
    """Open one by its number in a finding: payloads, command, ladder and packets."""
    page.locator("#finding-list a.n", has_text="#3").first.click()
    drawer = page.locator("#drawer")
    assert drawer.locator("pre.request").inner_text() == '"find me #7"'
    assert drawer.locator("pre.reply.error").inner_text() == '"no"'
    command = "protocol-call send 10.0.0.2:8888 sum '\"find me #7\"'"
    assert drawer.locator("pre.wrapped").inner_text() == command
    assert _texts(page, "#drawer .callout code") == ["failing-pattern"]
    labels = drawer.locator(".ladder .own text.label").all_text_contents()
    assert labels == ["sum #3", "error #3"]
    assert drawer.locator(".ladder .arrow").count() == 10  # two neighbours on each side
    assert _texts(page, "#drawer .packets tbody td:last-child") == [
        "request sum #3",
        "reply sum #3",
    ]
    page.keyboard.press("Escape")
    page.locator("#proof summary").click()
    records = page.locator("#records tbody tr")
    expect(records).to_have_count(40)  # they are written when the part has opened
    page.get_by_role("button", name="Show 86 more of 86").click()
    expect(records).to_have_count(126)


def _update(page: Page) -> None:
    """Render newer data while an exchange is open and the list is filtered."""
    page.locator("#filter").fill("error")
    page.locator("#list .n", has_text="#13").click()
    newer = made(calls(80, failing=[*_FAILING, 70], data="find me #7").records).data()
    page.evaluate("(data) => window.protocolInspect.render(data)", newer)
    assert _numbers(page) == [*_FAILING, 70]
    assert page.locator("#drawer-title").inner_text().startswith("#13 sum")
    assert _texts(page, "#figures dd")[0] == "80"
    page.keyboard.press("Escape")
    page.locator("#filter").fill("")


def _navigate(page: Page) -> None:
    """See which section is marked: the one that is read, or that was asked for."""
    marked = page.locator("nav a[aria-current]")
    for name in ("Packets", "Findings", "Exchanges", "Patterns"):
        page.locator("nav a", has_text=name).click()
        expect(marked).to_have_count(1)
        expect(marked).to_contain_text(name)
    page.keyboard.press("End")
    expect(marked).to_contain_text("Packets")
    page.keyboard.press("Home")
    expect(marked).to_have_count(0)  # the head is of no section
    page.mouse.wheel(0, 600)
    expect(marked).to_have_count(1)


def test_a_chain_is_shown_over_its_brokers(
    browser: Browser, pages: dict[str, Path]
) -> None:
    with opened(browser, pages["chain"], **_WIDE) as (page, seen):
        page.evaluate("() => { location.hash = '#2'; }")
        page.wait_for_selector("#drawer[open]")
        family = page.locator("#drawer section", has_text="Chain").first
        assert "Made for #1 send" in family.inner_text()
        assert "Caused #3 cmd:keep" in family.inner_text()
        ladder = page.locator("#drawer svg.ladder")
        assert "cmd:send #2" in (ladder.get_attribute("aria-label") or "")
        assert "RabbitMQ 127.0.0.1:" in (ladder.text_content() or "")
        family.locator("a.n", has_text="#3").click()
        assert page.locator("#drawer-title").inner_text().startswith("#3 cmd:keep")
        assert page.locator("#map .edge").count() > 3
        assert seen.words == []


def test_nothing_of_a_hostile_capture_runs(
    browser: Browser, pages: dict[str, Path]
) -> None:
    with opened(browser, pages["hostile"], **_WIDE) as (page, seen):
        for number in _numbers(page):
            page.locator("#list .n", has_text=f"#{number}").first.click()
            assert page.locator("#drawer img, main img").count() == 0
            page.keyboard.press("Escape")
        page.locator("#proof summary").click()
        expect(page.locator("#records tbody tr")).not_to_have_count(0)
        assert page.evaluate("() => window.ran") is None
        assert page.evaluate("() => document.scripts.length") == 2
        page.evaluate(_INSERT, "<img src=data:, onerror=window.ran=1>")
        page.wait_for_function("() => document.querySelector('img')")
        assert page.evaluate("() => window.ran") is None  # the policy forbids even that
        assert all("Content Security Policy" in each for each in seen.words)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("seed", {**_WIDE, "color_scheme": "dark"}),
        ("chain", {**_PHONE, "color_scheme": "light"}),
    ],
)
def test_nothing_serious_is_in_the_way_of_anybody(
    name: str, options: dict[str, Any], browser: Browser, pages: dict[str, Path]
) -> None:
    with opened(browser, pages[name], bypass_csp=True, **options) as (page, _):
        page.locator("#proof summary").click()
        expect(page.locator("#records tbody tr")).not_to_have_count(0)
        page.locator("#list .n").first.click()
        violations = Axe().run(page).response["violations"]

    grave = [
        (each["id"], [node["html"] for node in each["nodes"]])
        for each in violations
        if each["impact"] in {"serious", "critical"}
    ]
    assert grave == []


def test_paper_has_what_can_be_read_on_paper(
    browser: Browser, pages: dict[str, Path], tmp_path: Path
) -> None:
    with opened(browser, pages["calls"], **_WIDE) as (page, _):
        page.emulate_media(media="print")
        # A button is not printed with the heading that a sheet repeats.
        buttons = page.locator("thead button").first
        assert buttons.evaluate("each => getComputedStyle(each).display") == "contents"
        plot = page.locator("svg").last  # whose labels are not cut at its edge
        assert plot.evaluate("each => getComputedStyle(each).overflow") == "visible"
        for hidden in ("nav", ".tools", "#proof", "#more"):
            assert page.locator(hidden).is_hidden()
        assert len(_numbers(page)) == 25
        pdf = page.pdf(prefer_css_page_size=True)

    (tmp_path / "page.pdf").write_bytes(pdf)
    sheets = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert 2 <= sheets <= 6
    sizes = {
        tuple(map(float, box.split()))
        for box in re.findall(rb"/MediaBox\s*\[([^\]]+)\]", pdf)
    }
    assert {(round(width), round(height)) for _, _, width, height in sizes} == {
        (595, 842)
    }


def _multiplied(data: Any, times: int) -> Any:  # noqa: ANN401 — of a page
    """Return data with all of its exchanges and packets several times."""
    known = data["exchanges"]
    count, packets = len(known), len(data["packets"])
    shifts = range(times)
    return {
        **data,
        "seen": times * count,
        "exchanges": [{**e, "n": e["n"] + i * count} for i in shifts for e in known],
        "details": {
            int(number) + i * count: each
            for i in shifts[: times // 2]
            for number, each in data["details"].items()
        },
        "packets": [
            [row[0] + i * packets, *row[1:]] for i in shifts for row in data["packets"]
        ][:20_000],
    }


def test_ten_thousand_exchanges_are_one_file_of_less_than_8_mb(
    browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "many.html"
    some = made(calls(500, failing=range(1, 500, 100), data="y" * 200).records).data()
    file.write_text(document(_multiplied(some, 20)), encoding="utf-8")

    assert 6_000_000 < file.stat().st_size < 8_000_000
    with opened(browser, file, **_WIDE) as (page, seen):
        page.locator("#filter").fill("#9999")
        assert _numbers(page) == [9999]
        assert page.locator("#count").inner_text() == "1 of 10,000"
        assert seen.words == []
