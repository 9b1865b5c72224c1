"""Where a scenario over Kafka is played; see ``broker_stage``."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from .broker_stage import BrokerStage
from .brokers import KafkaBroker, Noida, Tansu
from .processes import await_end, await_truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .brokers import Settings

_BROKERS: dict[str, type[KafkaBroker]] = {"noida": Noida, "tansu": Tansu}


class KafkaStage(BrokerStage[KafkaBroker]):
    """A stage whose brokers speak Kafka; the setting ``kind`` says which."""

    carrier = "kafka"
    libraries = ("kafkajs",)

    def new_broker(self, settings: Settings) -> KafkaBroker:
        """Return a broker that is not started yet."""
        own = dict(settings)
        return _BROKERS[cast("str", own.pop("kind", "tansu"))](own)

    @contextmanager
    def service(
        self,
        server: KafkaBroker,
        role: str = "service",
        program: str = "service",
        **environment: str,
    ) -> Iterator[None]:
        """Let a microservice handle what comes, and see it close by itself.

        That it has joined its group it says itself: who asked the broker would be in
        the capture.
        """
        ready = self.folder / f"{role}.ready"
        told = {"READY": str(ready), **environment}
        process = self.start(server, role, program, **told)
        try:
            await_truth(ready.exists, role)
            yield
            process.terminate()
            await_end(process, role)
        finally:
            process.kill()
            process.wait()
