from __future__ import annotations

from servers.brokers.channels import Channels


def test_channels_are_new_until_they_are_used() -> None:
    channels = Channels()

    assert channels.new(["a", "b", "a"]) == ["a", "b"]
    channels.use("a", "1", 0.0)
    assert channels.new(["a", "b"]) == ["b"]
    assert len(channels) == 1


def test_a_channel_is_idle_when_it_was_not_used_and_no_call_waits() -> None:
    channels = Channels()
    for number, channel in enumerate("abc"):
        channels.use(channel, str(number), float(number))

    assert channels.idle({"0"}, 2.0) == ["b"]
    assert channels.idle({"0"}, 2.0) == []
    assert channels.idle({}, 3.0) == ["a", "c"]
    assert len(channels) == 0


def test_calls_that_are_over_are_forgotten() -> None:
    channels = Channels()
    for number in range(100_000):
        channels.use("a", str(number), 0.0)
        channels.prune({str(number)}, 1)
        assert len(channels._calls) < 2_000  # noqa: SLF001 — the memory it takes
