from __future__ import annotations

import sys
from importlib.metadata import EntryPoint

import pytest

from inspector.carriers import registry
from inspector.carriers.nest_tcp.carrier import NestTcp, carrier

other = NestTcp()


@pytest.fixture(autouse=True)
def _afresh() -> None:
    registry.carriers.cache_clear()


def _registered(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    entries = [EntryPoint(*item, registry.GROUP) for item in values.items()]
    monkeypatch.setattr(registry, "entry_points", lambda group: entries)  # noqa: ARG005


def test_ours_are_there_whatever_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    _registered(monkeypatch)

    assert registry.carriers()[0] is carrier
    assert registry.carrier_named("tcp") is carrier


def test_a_name_that_nobody_has_is_an_error() -> None:
    with pytest.raises(KeyError):
        registry.carrier_named("pigeon")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("no_such_package.at_all:carrier", "ModuleNotFoundError"),
        ("inspector.limits:nothing", "AttributeError"),
        ("inspector.limits:Limits", "lacks parts"),
    ],
)
def test_what_cannot_be_used_is_left_out_with_a_warning(
    monkeypatch: pytest.MonkeyPatch, value: str, reason: str
) -> None:
    _registered(monkeypatch, broken=value)

    with pytest.warns(registry.CarrierWarning, match=f"carrier broken .*{reason}"):
        assert registry.carriers() == (carrier,)


def test_of_two_of_one_name_ours_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    _registered(monkeypatch, tcp=f"{__name__}:other")
    monkeypatch.setitem(sys.modules, __name__, sys.modules[__name__])

    assert registry.carriers() == (carrier,)
