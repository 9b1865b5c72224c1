from inspector.calls.links import Evidence, Link


def test_evidence_is_a_word_of_the_json_lines() -> None:
    assert [each.value for each in Evidence] == [
        "trace", "socket_id", "data", "answer", "reply", "lane",
    ]  # fmt: skip
    assert Link() == Link(None, None, ())
