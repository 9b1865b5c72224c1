from __future__ import annotations

import logging

import pytest

from servers import Client, RemoteError, Service
from servers.logs import logger_of
from tests.patience import PATIENCE


class _Failing(logging.Handler):
    """A handler of one's own that does not catch its errors."""

    def emit(self, record: logging.LogRecord) -> None:
        raise ConnectionError(record.name)


def test_a_line_is_logged_where_it_is_written(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logger_of("server").warning("%s: odd", "peer", extra={"peer": "peer"})
    (record,) = caplog.records
    assert (record.name, record.getMessage()) == ("servers.server", "peer: odd")
    assert (record.filename, record.__dict__["peer"]) == ("test_logs.py", "peer")


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_what_ends_the_program_passes(
    error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(*_: object, **__: object) -> None:
        raise error

    logger = logger_of("server")
    monkeypatch.setattr(logger.logger, "log", end)
    with pytest.raises(error):
        logger.error("over")


async def test_a_log_handler_that_raises_ends_no_connection(
    capsys: pytest.CaptureFixture[str],
) -> None:
    service = Service()
    service.message("fail")(lambda: 1 / 0)
    service.message("echo")(lambda data: data)
    failing, lost = _Failing(), []
    logging.getLogger("servers").addHandler(failing)
    try:
        async with (
            service.listen("127.0.0.1", 0) as server,
            Client("127.0.0.1", server.port, timeout=PATIENCE) as nest,
        ):
            nest.subscribe(lambda event: lost.append(event.kind))
            with pytest.raises(RemoteError, match="Internal server error"):
                await nest.send("fail", 0)
            await nest.emit("nobody listens", 0)
            assert await nest.send("echo", 1) == 1
    finally:
        logging.getLogger("servers").removeHandler(failing)
    assert lost == ["connected", "disconnected"]
    assert "ConnectionError: servers.server" in capsys.readouterr().err
