from __future__ import annotations

from inspector.tls.alerts import CLOSE_NOTIFY, alert_words, ends


def test_an_alert_has_words_and_an_unknown_one_its_number() -> None:
    assert alert_words(48) == "unknown certificate authority"
    assert alert_words(250) == "alert 250"


def test_only_errors_end_a_connection() -> None:
    assert not ends(CLOSE_NOTIFY)
    assert not ends(100)
    assert ends(40)
