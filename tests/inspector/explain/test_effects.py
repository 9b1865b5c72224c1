"""What Nest really does is compared in tests/differential/test_explanation.py."""

from __future__ import annotations

import pytest

from inspector.explain.effects import CHANGES, EVERY_VERSION, Effect, effects
from inspector.explain.explanation import explain
from protocol import NEST_VERSIONS

_WAITS = [
    ("nothing", "≤ 11.2.4, ≤ 12.0.2", "waits forever"),
    ("nothing", "≥ 11.2.5, ≥ 12.0.3", "waits 30 s, then destroys the connection"),
]


def _told(text: str) -> list[tuple[str, str, str]]:
    (explanation,) = explain(text.encode())
    return [
        (effect.next_input, effect.versions, effect.action)
        for effect in effects(explanation)
    ]


def _body(body: str) -> list[tuple[str, str]]:
    return [(versions, deed) for _, versions, deed in _told(f"{len(body)}#{body}")]


@pytest.mark.parametrize(
    ("frame", "deed"),
    [
        ('14#{"a":"é😀"}', "takes 3 units of it: invalid JSON, FIN"),
        ("3#{}", "takes 1 unit of it: invalid JSON, FIN"),
        ('9#{"a":', "takes 4 units of it: invalid JSON, FIN"),
        ("12", "takes 12 for the length of what follows the #"),
        ("abc", "corrupted length, FIN"),
        ('{"a":1}', "corrupted length, FIN"),
    ],
)
def test_a_frame_that_is_waited_for_takes_from_what_follows(
    frame: str, deed: str
) -> None:
    assert _told(frame) == [*_WAITS, ("a frame", EVERY_VERSION, deed)]


@pytest.mark.parametrize(
    ("frame", "deed"),
    [
        ('10#{"a":"é😀"}', "reads 10 units: invalid JSON, FIN; what follows is lost"),
        ("5#{a:1}", "reads 5 units: invalid JSON, FIN; what follows is lost"),
        ("x#{}", "corrupted length, FIN; what follows is lost"),
        ('{"a":"#"}', "corrupted length, FIN"),
        ('5{"a":"#"}', "takes 5 for the length of what follows the #"),
        ("2#{}", "a server logs an event without handler; a client ignores it"),
    ],
)
def test_other_frames_have_their_effect_at_once(frame: str, deed: str) -> None:
    assert _told(frame) == [("", EVERY_VERSION, deed)]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            '{"pattern":"a"}',
            [
                (
                    EVERY_VERSION,
                    "runs the handler, if there is one; nothing comes back",
                )
            ],
        ),
        (
            '{"pattern":"a","id":"1","metadata":{}}',
            [
                (
                    EVERY_VERSION,
                    "runs the handler and replies, or says that there is none",
                ),
                ("≤ 12.0.3", "ignores the metadata"),
                ("≥ 12.0.4", "hands the metadata to the handler"),
            ],
        ),
        (
            '{"response":1,"id":"1"}',
            [(EVERY_VERSION, "gives the value, and waits for more")],
        ),
        (
            '{"response":1,"isDisposed":true,"id":"1"}',
            [(EVERY_VERSION, "gives the value, and ends the call")],
        ),
        (
            '{"isDisposed":true,"id":"1"}',
            [(EVERY_VERSION, "ends the call without a value")],
        ),
        ('{"err":5,"id":"1"}', [(EVERY_VERSION, "ends the call with this error")]),
        (
            '{"id":"1"}',
            [
                (
                    "≤ 12.0.1",
                    "takes the whole packet for the value, and ends the call",
                ),
                ("≥ 12.0.2", "gives undefined, and waits for more"),
            ],
        ),
    ],
)
def test_a_packet_does_what_it_says(body: str, told: list[tuple[str, str]]) -> None:
    assert _body(body) == told


def test_versions_look_for_other_routes_where_patterns_are_unusual() -> None:
    deep = '{"pattern":' + '{"a":' * 7 + "1" + "}" * 7 + "}"
    quoted = r'{"pattern":{"a":"x\"y"}}'

    assert [versions for versions, _ in _body(deep)[1:]] == [
        *CHANGES["route_max_depth"]
    ]
    assert _body(deep)[2][1].endswith("; other patterns collide with it")
    assert _body(quoted)[1:] == [
        ("≤ 11.1.17", 'looks for {"a":"x"y"}'),
        ("≥ 11.1.18", r'looks for {"a":"x\"y"}'),
    ]


def test_every_version_has_one_answer() -> None:
    for field in CHANGES:
        effects_of = [Effect("a", "", field), Effect("b", "", field, changed=True)]
        for version in NEST_VERSIONS:
            assert sum(effect.holds(version) for effect in effects_of) == 1
    assert all(Effect("a").holds(version) for version in NEST_VERSIONS)
