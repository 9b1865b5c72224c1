from __future__ import annotations

import inspect

import pytest

import servers


def test_the_exports_are_sorted_and_complete() -> None:
    exported = servers.__all__
    names = [
        name
        for name, value in vars(servers).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    ]

    assert sorted(exported, key=lambda name: (not name.isupper(), name)) == exported
    assert sorted(names) == sorted(exported)


@pytest.mark.parametrize("name", [each for each in servers.__all__ if each.isalnum()])
def test_every_export_is_documented(name: str) -> None:
    value = getattr(servers, name)
    if not inspect.isclass(value) and not inspect.isfunction(value):
        return  # a type, or a value

    assert (inspect.getdoc(value) or "").strip(), f"{name}: docstring"
    members = vars(value).items() if inspect.isclass(value) else []
    for member, method in members:
        if inspect.isfunction(method) and not member.startswith("_"):
            assert inspect.getdoc(method), f"{name}.{member}: docstring"


def test_every_error_says_when_it_is_raised() -> None:
    for name in servers.__all__:
        value = getattr(servers, name)
        if inspect.isclass(value) and issubclass(value, Exception):
            assert name.endswith("Error")
            assert value.__doc__, f"{name}: docstring"
