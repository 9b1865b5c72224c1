"""The plan: what it asks for can be told apart, and every script answers all."""

from __future__ import annotations

from inspector.conformance.calling.plan import STEPS
from inspector.conformance.calling.steps import LOST, Write
from inspector.conformance.matching import ends_call
from inspector.conformance.reading import Reader
from protocol import dumps, route


def test_every_call_of_a_step_is_told_apart() -> None:
    routes = [route(step.pattern(call)) for step in STEPS for call in step.calls[:1]]

    assert len(set(routes)) == len(STEPS)
    for step in STEPS:
        assert len({dumps(call.data) for call in step.calls}) == len(step.calls)
        assert len(step.expected) == len(step.calls)


def test_every_script_ends_every_call_with_frames_that_are_right() -> None:
    for step in STEPS:
        if LOST in step.expected or step.calls[0].kind == "emit":
            continue
        ids = [f"id-{at}" for at in range(len(step.calls))]
        readers = [Reader() for _ in ids]
        frames = [
            frame
            for action in step.script(ids)
            if isinstance(action, Write)
            for at, data in action.pieces
            for frame in readers[at].feed(data)
        ]
        ended = {each.members.get("id") for each in frames if ends_call(each.members)}
        assert set(ids) <= ended, step.check.name
        assert not any(each.length_problem() for each in frames)
