from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from inspector.carriers import registry
from inspector.carriers.nest_tcp.carrier import carrier

_OURS = "inspector.carriers.nest_tcp.carrier:carrier"


@pytest.fixture(autouse=True)
def _afresh() -> None:
    registry.carriers.cache_clear()


def _registered(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    entries = [EntryPoint(*item, registry.GROUP) for item in values.items()]
    monkeypatch.setattr(registry, "entry_points", lambda group: entries)  # noqa: ARG005


def test_ours_are_registered_as_those_of_others_are() -> None:
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
    _registered(
        monkeypatch, broken=value, tcp="inspector.carriers.nest_tcp.carrier:carrier"
    )

    with pytest.warns(registry.CarrierWarning, match=f"carrier broken .*{reason}"):
        assert registry.carriers() == (carrier,)


def test_of_two_of_one_name_the_first_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    _registered(monkeypatch, another=_OURS, tcp=_OURS)

    assert registry.carriers() == (carrier,)
