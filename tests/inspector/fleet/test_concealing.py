from __future__ import annotations

from functools import partial

import pytest
from msgspec.structs import replace

import inspector
from inspector.fleet.concealing import concealed
from inspector.fleet.merging import combined
from inspector.fleet.report import Cause, FleetReport, Noticed, SourceFigures, View
from inspector.fleet.saving import encoded
from inspector.fleet.woven import Chains
from tests.inspector.fleet.test_overview import REPORT
from tests.inspector.fleet.test_woven import CHAINS
from tests.steps import steps_in

_JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
_URL = "https://user:SECRETpw@host/x?access_token=SECRETtoken"
_OBJECT = '{"cmd":"pay","token":"SECRETpat"}'
_ROUTES = (f"un.{_JWT}", _URL, _OBJECT)


def _said(message: str) -> str:
    found = Noticed("a", "b", "c", "error", "", "b:1", 1, message, "hint")
    report = concealed(FleetReport(views=[View(("a",), findings=[found])]))
    return report.views[0].findings[0].message


@pytest.mark.parametrize("secret", _ROUTES)
def test_routes_findings_and_problems_have_no_secret(secret: str) -> None:
    row = replace(REPORT.views[0].rows[0], route=secret, service=secret)
    texts = (secret, f"no handler for {secret}", f"see {secret}", secret)
    found = Noticed("a", "b", "c", "error", texts[0], "b:1", 1, *texts[1:])
    report = FleetReport(
        asked={"where": [f"route == {secret}"], "ports": [1]},
        sources=[SourceFigures("a", problems=[f"{secret}: no such file"])],
        views=[View(("a",), rows=[row], findings=[found])],
        causes=[Cause("a", "tcp", secret, "message", "tcp", secret, 1, 1, 1, 1)],
        chains=Chains(
            [replace(CHAINS.rows[0], route=secret)],
            [[replace(CHAINS.trees[0][0], route=secret, error=secret)]],
        ),
    )
    hidden = concealed(report)

    assert b"SECRET" not in encoded(hidden)
    assert b"eyJ" not in encoded(hidden)
    assert concealed(hidden) == hidden
    assert hidden.views[0].findings[0].message.startswith("no handler for ")


def test_of_a_pattern_what_is_no_secret_stays() -> None:
    row = replace(REPORT.views[0].rows[0], route=_OBJECT)
    (view,) = concealed(FleetReport(views=[View(("a",), rows=[row])])).views

    assert view.rows[0].route == '{"cmd":"pay","token":"xxxxxxxxx"}'


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("cmd:pay,token:SECRET,v:1 failed", "cmd:pay,token:xxxxxx,v:1 failed"),
        ('{"api key": "SEC\\"RET", "v": 1}', '{"api key": "xxxxxxxx", "v": 1}'),
        ('"token":"SECRE', '"token":"xxxxx'),
        ("password:{a:1}", "xxxxxxxxxxxxxx"),
        (r'"{\"token\":\"SECRET\"}"', "x" * 24),
        ("Bearer SECRETSECRET", "x" * 19),
        ('"token:verify" and token.get', '"token:verify" and token.get'),
    ],
)
def test_what_a_sentence_quotes_is_hidden_as_far_as_it_is_told_apart(
    said: str, shown: str
) -> None:
    assert _said(said) == shown


def test_a_report_without_secrets_is_as_it_was() -> None:
    report = combined(REPORT)

    assert encoded(concealed(report)) == encoded(report)


@pytest.mark.parametrize("unit", ['"', '\\"', "a", 'a:"', '"a":', "token:", ":"])
def test_a_long_sentence_takes_steps_in_proportion(unit: str) -> None:
    few, many = (
        steps_in(inspector, partial(_said, unit * count)) for count in (1_000, 4_000)
    )

    assert few > 0
    assert many <= 4 * few
