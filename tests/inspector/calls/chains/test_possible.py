from inspector.calls.chains.possible import Possible
from tests.inspector.calls.chains.exchanges import Traffic


def _is_possible(*ends: tuple[str, str]) -> bool:
    traffic, possible = Traffic(), Possible()
    for client, server in ends:
        possible.add(traffic.add("sum", client, server, at=1, until=2))
    return possible.holds


def test_chains_take_somebody_who_is_asked_and_asks() -> None:
    assert not _is_possible(("10.0.0.1:5000", "10.0.0.2:80"))
    assert not _is_possible(("127.0.0.1:5000", "127.0.0.1:80"))
    assert not _is_possible(
        ("10.0.0.1:5000", "10.0.0.2:80"), ("10.0.0.1:5001", "10.0.0.3:80")
    )
    assert _is_possible(
        ("10.0.0.1:5000", "10.0.0.2:80"), ("10.0.0.2:5001", "10.0.0.3:80")
    )
    assert _is_possible(
        ("127.0.0.1:5000", "127.0.0.1:80"), ("127.0.0.1:5001", "127.0.0.1:81")
    )
