from __future__ import annotations

from tests.inspector.captures import ROOT
from tests.inspector.command import run

_CAPTURE = ROOT / "captures" / "auth-gateway-nest12.pcap"
_SHOWCASE = ROOT / "captures" / "showcase-nest12.pcap"


def test_a_capture_becomes_answers_without_its_secrets() -> None:
    hidden, bare = run("fixture", _CAPTURE), run("fixture", _CAPTURE, "--no-redact")

    assert (hidden.code, bare.code) == (0, 0)
    assert (hidden.err, bare.err) == ("", "")
    assert [each["pattern"] for each in hidden.lines] == [
        each["pattern"] for each in bare.lines
    ]
    assert {each["data"]["password"].strip("x") for each in hidden.lines} <= {"", " "}
    assert bare.lines[0]["data"]["password"] == "correct horse"  # noqa: S105
    assert run("fixture", _CAPTURE, "--redact", "username").lines[0]["data"] == {
        "username": "xxxxxx",
        "password": "x" * 13,
    }


def test_the_lines_are_in_the_order_of_the_requests_and_of_those_that_are_chosen() -> (
    None
):
    lines = run("fixture", _SHOWCASE).lines
    chosen = run("fixture", _SHOWCASE, "--where", 'route == "square"').lines

    assert [each["data"] for each in chosen] == list(range(200))
    assert chosen == [each for each in lines if each["pattern"] == "square"]
    assert [each["type"] for each in lines].count("event") == 1
    streams = [each for each in lines if len(each.get("replies", "")) > 1]
    assert [each["pattern"] for each in streams] == ["count", "tick"]


def test_a_contradiction_and_no_traffic_are_said() -> None:
    both = run("fixture", _CAPTURE, "--no-redact", "--redact", "a")
    assert both.code == 2
    assert "--no-redact hides nothing" in both.err
    other = run("fixture", _CAPTURE, "--where", 'route == "none"')
    assert (other.out, other.code) == ("", 0)
    assert "none" in other.err
