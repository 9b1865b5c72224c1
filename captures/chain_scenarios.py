"""What is recorded of chats: a function for each scenario.

Its docstring is what the manifest says of it.
"""

from __future__ import annotations

from .broker_stage import Scenarios
from .chain_stage import ChainStage

CHAINS = Scenarios(ChainStage)
_LINES = ("tea hello", "tea 求和1111", "tea hello")


@CHAINS.on("v12")
def chain(stage: ChainStage) -> None:
    """Say three things through a gateway, a worker and an archive of Nest."""
    with stage.playing("nest", "nest", gateway="nest"):
        stage.heard(stage.client("gateway", "nest", *_LINES))


@CHAINS.on("v12")
def chain_python(stage: ChainStage) -> None:
    """Say the same, where all programs are in Python."""
    with stage.playing("python", "python", gateway="python"):
        stage.heard(stage.client("gateway", "python", *_LINES))


@CHAINS.on("v12")
def chain_two_gateways(stage: ChainStage) -> None:
    """Say the same at once through two gateways, of Nest and in Python."""
    with stage.playing("python", "nest", first="nest", second="python"):
        stage.heard(
            stage.client("first", "nest", *_LINES),
            stage.client("second", "nest", *_LINES),
        )


@CHAINS.on("v12")
def chain_many(stage: ChainStage) -> None:
    """Let fifty clients say the same at once."""
    with stage.playing("nest", "python", gateway="python"):
        stage.heard(stage.client("gateway", "nest", "tea hello", clients=50))
