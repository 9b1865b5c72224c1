from __future__ import annotations

import pytest
from msgspec.structs import replace

from inspector.findings.groups import FindingGroup
from inspector.findings.phrases import ENDS, losses, quoted, service
from tests.inspector.conversation import inspected
from tests.inspector.traces import TRACES


@pytest.mark.parametrize(
    ("route", "text"),
    [
        ("sum", "'sum'"),
        ('{"cmd":"sum"}', '{"cmd":"sum"}'),
        ("", "''"),
        (None, "'None'"),
    ],
)
def test_a_route_stands_as_in_a_decorator(route: str | None, text: str) -> None:
    assert quoted(route) == text


def test_a_service_is_named_by_its_port() -> None:
    (finding,) = inspected(TRACES["no-handler"].triggers().records).findings

    assert service(finding) == ":8888"


@pytest.mark.parametrize(
    ("size", "ending"), [(0, "connection."), (62, "62 B after it are lost too.")]
)
def test_what_is_lost_is_said_if_anything_is(size: int, ending: str) -> None:
    (finding,) = inspected(TRACES["corrupted-length"].triggers().records).findings
    group = FindingGroup(finding)
    group.add(replace(finding, size=size))

    assert losses(group).startswith("Nest drops what it has read")
    assert losses(group).endswith(ending)


@pytest.mark.parametrize("cause", ["end", "close", "reset", "limit"])
def test_every_end_of_a_wait_has_words(cause: str) -> None:
    assert ENDS[cause]
