"""Known secrets out of a report, before anything of it is written.

The inspections of a fleet read frames as they are: hiding secrets there takes as long
as all else. Of what they hold, a report has routes, and what findings say.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from inspector.columnar.hiding import Hiding
from inspector.redaction.secrets import is_secret_key, looks_secret
from inspector.redaction.texts import AUTO, Redaction, hide
from protocol.lazy_regex import lazy_regex

from .report import FleetReport, View, ordered
from .woven import joined_chains

if TYPE_CHECKING:
    from re import Match

    from .woven import Chains

_REMEMBERED = 4096
_BEFORE, _AFTER = b'{"pattern":', b"}"
_WORD = lazy_regex(r"\S+")
_MEMBER = lazy_regex(
    # A key: of JSON, of a pattern that is written short, or of JSON in a string …
    r'(?P<key>"[^"\\]{1,64}"|(?<![\w."-])[\w.-]++|\\"[^"\\]{1,64}\\+")\s?:\s?'
    # … and its value: a string, which may be truncated, what stands bare, or more.
    r'(?P<value>"(?:[^"\\]|\\[\s\S])*"?|[^\s"\\,{}\[\]]+|[\[{\\])'
)


def concealed(report: FleetReport) -> FleetReport:
    """Return a report with known secrets hidden in routes, findings and problems.

    So they are in what chose its exchanges: a report is given to others.
    """
    texts = _Texts()
    asked, where = dict(report.asked), report.asked.get("where")
    if isinstance(where, list):
        asked["where"] = [texts.sentence(str(each)) for each in where]
    return replace(
        report,
        asked=asked,
        sources=[
            replace(each, problems=[texts.sentence(said) for said in each.problems])
            for each in report.sources
        ],
        views=[_view(each, texts) for each in report.views],
        causes=ordered(
            replace(
                each,
                route=texts.route(each.route),
                caused_route=texts.route(each.caused_route),
            )
            for each in report.causes
        ),
        chains=report.chains and _chains(report.chains, texts),
    )


def _view(view: View, texts: _Texts) -> View:
    return replace(
        view,
        rows=ordered(
            replace(
                each, route=texts.route(each.route), service=texts.route(each.service)
            )
            for each in view.rows
        ),
        findings=ordered(
            replace(
                each,
                subject=texts.sentence(each.subject),
                message=texts.sentence(each.message),
                hint=texts.sentence(each.hint),
                route=texts.route(each.route),
            )
            for each in view.findings
        ),
    )


def _chains(chains: Chains, texts: _Texts) -> Chains:
    """Return chains without known secrets in routes, and in what exchanges failed with.

    Routes that are one by then are one row.
    """
    rows = [
        replace(
            row,
            route=texts.route(row.route),
            links=[replace(each, route=texts.route(each.route)) for each in row.links],
        )
        for row in chains.rows
    ]
    trees = [
        [
            replace(
                each, route=texts.route(each.route), error=texts.sentence(each.error)
            )
            for each in tree
        ]
        for tree in chains.trees
    ]
    return joined_chains([replace(chains, rows=rows, trees=trees)])


class _Texts:
    """Hides what is a secret; alike texts are looked at once."""

    def __init__(self) -> None:
        self._redaction = Redaction((AUTO,))
        self._hiding = Hiding()
        self.route = lru_cache(_REMEMBERED)(self._route)
        self.sentence = lru_cache(_REMEMBERED)(_sentence)

    def _route(self, route: str) -> str:
        """Return a route; of one of an object only what is a secret is hidden."""
        if route.startswith("{"):
            body = _BEFORE + route.encode("utf-8", "surrogatepass") + _AFTER
            shown = self._redaction.body(body)[len(_BEFORE) : -len(_AFTER)]
            route = shown.decode("utf-8", "surrogatepass")
        return self._hiding.text(route)


def _sentence(text: str) -> str:
    """Return a sentence; all of it is hidden where the secret cannot be told apart."""
    for member in _MEMBER.finditer(text):
        if _is_secret(member) and (member["value"][0] in "[{\\"):
            return _hidden(text)
    shown = _MEMBER.sub(_member, text)
    if looks_secret(shown):
        shown = _WORD.sub(_word, shown)
    return _hidden(shown) if looks_secret(shown) else shown


def _is_secret(member: Match[str]) -> bool:
    return is_secret_key(member["key"].strip('\\"'))


def _member(member: Match[str]) -> str:
    if not _is_secret(member):
        return member[0]
    head, value = member[0][: -len(member["value"])], member["value"]
    return head + (hide(value) if value[0] == '"' else _hidden(value))


def _word(word: Match[str]) -> str:
    return _hidden(word[0]) if looks_secret(word[0]) else word[0]


def _hidden(text: str) -> str:
    return hide(f'"{text}"')[1:-1]
