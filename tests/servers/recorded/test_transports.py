"""What was recorded over one transport is answered, and asked, over another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.cli import main
from servers import Client
from servers.locating import broker_at
from servers.recorded.inputs import lines_of
from servers.recorded.loading import load_fake
from servers.recorded.recordings import recordings
from servers.replaying.choosing import Choice
from servers.replaying.pacing import Pace
from servers.replaying.running import Plan, Run
from servers.testing import serving
from tests.inspector.captures import ROOT
from tests.patience import PATIENCE
from tests.servers.recorded.recorded import line, value
from tests.servers.serving.probes import free_port

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from captures.brokers import NatsServer
    from servers.replaying.figures import Figures

LOOPS = ["uvloop"]
_CAPTURE = str(ROOT / "captures" / "grpc" / "grpc-nest12.pcap.gz")
_PROTO = ROOT / "captures" / "applications" / "grpc" / "calculator.proto"
_METHODS = ("*/Sum", "*/Count", "*/Chat", "*/Add", "*/Missing")
_PLAN = Plan(Choice(routes=_METHODS, allow_all=True), Pace(rate=1_000))


async def _replayed(file: str, client: Client, plan: Plan) -> Figures:
    with lines_of(file, ["exchanges", "--json"]) as lines:
        async with client:
            run = Run(recordings(lines, file), plan, client)
            await run.run()
    return run.figures


async def test_a_capture_of_grpc_is_answered_and_replayed_over_grpc(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    options = [_CAPTURE, "--proto", str(_PROTO), "--no-config"]
    answers, asked = tmp_path / "answers.jsonl", tmp_path / "asked.jsonl"
    for file, words in ((answers, ["fixture"]), (asked, ["exchanges", "--json"])):
        assert main([*words, *options]) == 0
        file.write_bytes(capfdbinary.readouterr().out)
    url = f"grpc://127.0.0.1:{free_port()}?proto={_PROTO}"
    fake = load_fake(str(answers), latency="none")
    async with fake.service.listen(broker_at(url), grace=0.0):
        client = Client(broker_at(url), timeout=PATIENCE)
        figures = await _replayed(str(asked), client, _PLAN)

    assert figures.different == []
    assert figures.sent >= 20
    assert {each.rpartition("/")[2] for each in figures.rows} == {
        *("Sum", "Count", "Chat", "Add", "Missing")
    }


async def test_what_was_recorded_over_tcp_is_answered_at_nats(
    tmp_path: Path, nats_server: NatsServer
) -> None:
    file = tmp_path / "answers.jsonl"
    replies = ({"response": 1}, {"response": 2}, {"err": "end", "isDisposed": True})
    lines = [line({"cmd": "recorded"}, [1], value(5)), line("recorded", {}, *replies)]
    file.write_bytes(b"\n".join(lines))
    fake = load_fake(str(file), latency="none")
    url = f"nats://127.0.0.1:{nats_server.port}"
    plan = Plan(Choice(allow_all=True), Pace(rate=1_000))
    async with fake.service.listen(broker_at(url), grace=0.0):
        figures = await _replayed(str(file), Client(broker_at(url)), plan)

    assert (figures.sent, figures.different) == (2, [])
    with serving(load_fake(str(file)).service) as server:
        client = Client("127.0.0.1", server.port)
        again = await _replayed(str(file), client, plan)
    assert (again.sent, again.different) == (2, [])
