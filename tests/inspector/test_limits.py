from __future__ import annotations

import pytest

from inspector.limits import Limits


def test_the_limits_are_those_of_the_documentation() -> None:
    limits = Limits()

    assert (limits.connection_memory, limits.memory) == (4 << 20, 32 << 20)
    assert limits.frame_memory == 256 << 20
    assert (limits.connections, limits.lingering) == (32_768, 1_024)


@pytest.mark.parametrize("name", Limits.__struct_fields__)
def test_a_limit_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"the limit {name} is below 1"):
        Limits(**{name: 0})
