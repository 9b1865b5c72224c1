from inspector.calls.chains.origins import Origins


def test_a_value_is_rare_that_came_in_once() -> None:
    origins = Origins()
    origins.ask(["Ada", "hello"])
    origins.ask(["hello"])

    assert origins.has_rare(["Ada"])
    assert origins.has_rare(["hello", "Ada"])
    assert not origins.has_rare(["hello"])


def test_what_replies_pass_on_inside_one_another_came_in_once() -> None:
    origins = Origins()
    origins.answer(["inside"], 0, 100)
    origins.answer(["inside"], 10, 90)
    origins.answer(["again"], 0, 100)
    origins.answer(["again"], 200, 300)

    assert origins.has_rare(["inside"])
    assert not origins.has_rare(["again"])


def test_counts_do_not_overflow() -> None:
    origins = Origins()
    for _ in range(1_000):
        origins.ask(["hello"])

    assert not origins.has_rare(["hello"])
