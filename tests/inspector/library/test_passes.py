from __future__ import annotations

import pytest

from inspector.calls.exchanges import Exchange
from inspector.library.given import Captures, given
from inspector.library.passes import Pass
from inspector.limits import Limits
from inspector.listening import Tap
from inspector.pipeline import Options
from inspector.sources.reading import Reading
from protocol import NEST_VERSIONS, NestVersion
from tests.inspector.captures import SEED
from tests.inspector.conversation import CLIENT, Wire
from tests.inspector.traces import TRACES


def _pass(options: Options | None = None) -> Pass:
    return Pass(Captures([str(SEED)]), options or Options())


def test_a_pass_yields_exchanges_and_findings_and_has_the_figures() -> None:
    one = _pass()
    items = list(one.items())

    assert sum(isinstance(item, Exchange) for item in items) == 10
    assert len(items) == 14
    assert one.report().packet_records == 86
    assert (one.problems, one.complete) == ([], True)


def test_which_exchanges_are_meant_reaches_the_inspection() -> None:
    chosen = _pass(Options(where=lambda each: each.number == 3))
    items = list(chosen.items())

    assert [each.number for each in items if isinstance(each, Exchange)] == [3]
    assert chosen.report().selective


@pytest.mark.parametrize("nest", NEST_VERSIONS, ids=lambda each: each.major)
def test_the_version_of_nest_reaches_it_too(nest: NestVersion) -> None:
    capture = given(TRACES["foreign-reply-key"].triggers().records)
    items = list(Pass(capture, Options(nest=nest)).items())

    (found,) = [each for each in items if not isinstance(each, Exchange)]
    assert found.severity == ("warning" if nest.strict_replies else "note")


def test_ports_and_limits_reach_it_too() -> None:
    wire = Wire()
    wire.connect().send(CLIENT, b"900000#" + b"x" * 5_000)
    capture = given(wire.records)
    limits = Limits(frame_memory=1_000)
    strange, known = (
        Pass(capture, Options()),
        Pass(capture, Options(ports=frozenset({8888}), limits=limits)),
    )

    assert (list(strange.items()), strange.report().connections) == ([], 0)
    codes = {each.code for each in known.items() if not isinstance(each, Exchange)}
    assert known.report().connections == 1
    assert "analysis-limit" in codes


def test_taps_listen() -> None:
    class Listener(Tap):
        heard = 0

        def exchange(self, exchange: Exchange) -> None:
            assert exchange.number
            self.heard += 1

    tap = Listener()
    list(Pass(Captures([str(SEED)]), Options(), [tap]).items())

    assert tap.heard == 10


def test_exchanges_alone_are_had_without_findings_and_figures() -> None:
    one = Pass(Captures([str(SEED)]), Options(exchanges_only=True))

    assert all(isinstance(item, Exchange) for item in one.items())
    assert not one.complete
    assert one.report().patterns == {}


def test_a_reading_can_be_watched() -> None:
    read: list[int] = []
    list(_pass().items(Reading(read.append)))

    assert read[-1] == SEED.stat().st_size


def test_what_cannot_be_read_is_a_problem() -> None:
    one = Pass(Captures([str(SEED), "no-such.pcap"]), Options())

    assert len(list(one.items())) == 14
    assert [each.subject for each in one.problems] == ["no-such.pcap"]
