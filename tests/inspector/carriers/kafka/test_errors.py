from __future__ import annotations

from kio.schema.errors import ErrorCode

from inspector.carriers.kafka.errors import USUAL, name_of


def test_errors_are_called_as_kafka_calls_them() -> None:
    named = {code: name_of(code) for code in range(-1, 101) if code}
    known = {int(code): code.name.upper() for code in ErrorCode}

    assert known
    for code, name in named.items():
        assert name == f"error {code}" or name == known[code]
    assert name_of(3) == "UNKNOWN_TOPIC_OR_PARTITION"


def test_what_clients_meet_in_the_usual_course_has_a_name() -> None:
    assert not [code for code in USUAL if name_of(code).startswith("error")]
