from __future__ import annotations

from rich.style import Style

from inspector.views.roles import ROLES


def test_the_roles_use_ansi_names_alone() -> None:
    for style in map(Style.parse, ROLES.values()):
        number = style.color and style.color.number
        assert style.color is None or (number is not None and number < 8)
        assert style.bgcolor is None


def test_no_role_looks_as_a_plain_word() -> None:
    assert all(Style.parse(style) for style in ROLES.values())
