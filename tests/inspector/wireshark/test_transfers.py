"""tshark, with our dissector, gives the same exchanges as our JSON lines.

The captures of a carrier are read as one, which costs one run of tshark. Over TCP, each
capture is compared in the tests of the command.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.inspector.evidence import captures_over, folder_of
from tests.inspector.wireshark.hops import dissected, inspected, merged, outcome_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.inspector.transfers import Transferred
    from tests.inspector.wireshark.hops import Call, Hop, Shown

BY_CARRIER = {
    "nats": captures_over("nats"),
    "rabbitmq": captures_over("rabbitmq"),
    "redis": captures_over("redis"),
    "mqtt": captures_over("mqtt"),
    "kafka": captures_over("kafka"),
    "grpc": captures_over("grpc"),
    "gateways": [
        *captures_over("ws"),
        *captures_over("socketio"),
        *sorted(folder_of("chains").glob("*.pcap*")),  # over RabbitMQ, too
    ],
}
# What has to differ, and why.
SPACES = 4  # requests over NATS to a subject with a space, which is several arguments
OUTCOMES = {
    # The broker itself says that nobody is there, by 503, :0 or a PUBACK.
    ("nats", "no_handler", None),
    ("redis", "no_handler", None),
    ("mqtt", "no_handler", None),
    # To Nest 10 and 11 a reply with nothing in it is the last one; it does not say so.
    ("redis", "completed", None),
}


class Compared(NamedTuple):
    """The exchanges of all captures of a carrier.

    Attributes:
        calls: Those of our JSON lines.
        shown: What tshark shows, by what it is.
    """

    calls: list[Call]
    shown: dict[Transferred, list[Shown]]

    def replies(self) -> Iterator[tuple[Call, Hop, Shown]]:
        """Yield each reply of our lines as tshark shows it."""
        for call in self.calls:
            for hop in call.replies:
                for each in self.shown.get(hop.transferred, []):
                    yield call, hop, each

    def unlinked(self) -> list[Hop]:
        """Return the replies that tshark links with another request than we do."""
        return [
            hop
            for call, hop, each in self.replies()
            if int(each.layer.field("nest.request_in") or 0)
            not in (call.answers(hop) or {0})
        ]

    def unlike(self) -> list[dict[str, Any]]:
        """Return the exchanges that do not say the same."""
        return [call.line for call in self.calls if not self._says_the_same(call)]

    def _says_the_same(self, call: Call) -> bool:
        asked = [each for each in call.hops if each not in call.replies]
        said = {hop.says for hop in call.replies if hop.says}
        seen = {each.hop.says for hop in call.replies for each in self._of(hop)}
        # The lines leave out what comes after the last reply, or goes elsewhere.
        return said <= seen and all(
            hop.says in [each.hop.says for each in self._of(hop)]
            for hop in asked
            if self._of(hop)
        )

    def _of(self, hop: Hop) -> list[Shown]:
        return self.shown.get(hop.transferred, [])

    def untimely(self, ours: str, theirs: str) -> list[dict[str, Any]]:
        """Return the exchanges of which a time is not among those that tshark shows."""
        times: dict[int, set[int]] = {}
        for call, _, each in self.replies():
            shown = each.layer.field(theirs)
            if shown:
                known = times.setdefault(id(call.line), set())
                known.add(int(Decimal(shown) * 10**9))
        return [
            call.line
            for call in self.calls
            if call.line.get(ours) is not None
            and call.line[ours] not in times.get(id(call.line), ())
        ]

    def outcomes(self) -> set[tuple[str, str, str | None]]:
        """Return the outcomes of our lines that the replies in tshark do not show."""
        found = set()
        for call in self.calls:
            line, ends = call.line, map(self._end, call.heard)
            shown = next(filter(None, ends), None)
            if line["outcome"] not in {"completed", "error", "no_handler", shown}:
                shown = shown or line["outcome"]  # nothing ends it in either
            if shown != line["outcome"]:
                found.add((line["carrier"], line["outcome"], shown))
        return found

    def _end(self, hop: Hop) -> str | None:
        ends = (outcome_of(each.hop) for each in self._of(hop) if hop.says)
        return next(filter(None, ends), None)


@pytest.mark.parametrize("carrier", BY_CARRIER)
def test_the_exchanges_are_those_of_our_json_lines(
    carrier: str, script: Path, tmp_path: Path
) -> None:
    captures = BY_CARRIER[carrier]
    whole, before = merged(captures, tmp_path)
    pairs = zip(captures, before, strict=False)
    calls = [call for capture, first in pairs for call in inspected(capture, first)]
    shown: dict[Transferred, list[Shown]] = {}
    for each in dissected(script, whole):
        shown.setdefault(each.hop.transferred, []).append(each)
    ours = Counter(hop.transferred for call in calls for hop in call.hops)
    theirs = Counter({key: len(each) for key, each in shown.items()})
    compared = Compared(calls, shown)

    assert ours.total() > 300
    assert theirs - ours == Counter()
    spaces = [" " in each.channel for each in (ours - theirs).elements()]
    assert spaces == [True] * (SPACES if carrier == "nats" else 0)
    assert compared.unlike() == []
    assert compared.unlinked() == []
    assert compared.untimely("latency_ns", "nest.time") == []
    assert compared.untimely("handler_ns", "nest.handler_time") == []
    assert compared.outcomes() == {each for each in OUTCOMES if each[0] == carrier}
