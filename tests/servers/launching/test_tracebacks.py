from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest

from servers import RemoteError, Service
from servers.launching.tracebacks import UserFrames, shortened
from servers.testing import connected

if TYPE_CHECKING:
    from collections.abc import Callable


def _raised(function: Callable[[], object]) -> BaseException:
    try:
        function()
    except Exception as error:  # noqa: BLE001 — which is the point
        return error
    raise AssertionError


def _mine() -> None:
    json.loads("{")


def test_frames_of_libraries_are_left_out() -> None:
    text = shortened(_raised(_mine))

    assert text.count("  File ") == 2
    assert "in _mine" in text
    assert "json/decoder.py" not in text
    assert text.endswith(
        "JSONDecodeError: Expecting property name enclosed in double quotes: "
        "line 1 column 2 (char 1)"
    )


def test_what_an_error_came_from_is_shortened_too() -> None:
    def caught() -> None:
        try:
            _mine()
        except ValueError as error:
            raise RuntimeError("no settings") from error

    text = shortened(_raised(caught))
    assert "direct cause" in text
    assert "json/decoder.py" not in text
    assert text.endswith("RuntimeError: no settings")


def test_errors_of_a_group_are_shortened_too() -> None:
    def grouped() -> None:
        raise ExceptionGroup("several", [ValueError("one"), _raised_value()])

    text = shortened(_raised(grouped))
    assert "json/decoder.py" not in text
    assert "ValueError: one" in text


def _raised_value() -> ValueError:
    error = _raised(_mine)
    assert isinstance(error, ValueError)
    return error


def test_where_no_frame_is_of_the_user_the_last_one_that_is_not_ours_stays() -> None:
    error = _raised(lambda: Service().message(object()))
    while error.__traceback__ is not None and error.__traceback__.tb_next is not None:
        error.__traceback__ = error.__traceback__.tb_next  # ours alone

    assert "  File " not in shortened(error)


def test_a_syntax_error_has_its_own_place() -> None:
    text = shortened(_raised(lambda: compile("x = (", "orders.py", "exec")))

    assert '  File "orders.py", line 1' in text
    assert text.endswith("SyntaxError: '(' was never closed")


def test_an_error_that_came_from_itself_has_an_end() -> None:
    error, other = ValueError("one"), ValueError("other")
    error.__cause__, other.__cause__ = other, error

    assert shortened(error).endswith("ValueError: one")


async def test_the_log_shows_no_frames_of_ours_and_keeps_the_record_whole(
    caplog: pytest.LogCaptureFixture,
) -> None:
    service = Service()
    service.message("mine")(lambda _: _mine())
    async with connected(service) as nest:
        with pytest.raises(RemoteError):
            await nest.send("mine", 0)
    (record,) = caplog.records
    plain, text = logging.Formatter(), UserFrames().format(record)

    assert text.startswith("handler of 'mine' failed: ")
    assert "in _mine" in text
    assert "json/decoder.py" in text
    assert "/servers/server/" not in text
    record.exc_text = None
    UserFrames().format(record)
    assert "/servers/server/" in plain.format(record)
    assert "/servers/server/" not in UserFrames().format(record)


def test_an_error_of_ours_is_whole_in_the_log() -> None:
    error = _raised(lambda: Service().message(object()))
    while error.__traceback__ is not None and error.__traceback__.tb_next is not None:
        error.__traceback__ = error.__traceback__.tb_next  # ours alone
    record = logging.makeLogRecord({"exc_info": (type(error), error, None)})

    assert "/servers/server/" in UserFrames().format(record)
    record.exc_info = (None, None, None)
    assert "NoneType: None" in UserFrames().format(record)
