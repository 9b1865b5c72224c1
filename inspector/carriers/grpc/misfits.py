"""Messages and methods that the files of ``--proto`` do not describe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Remark, Transfer

from .calls import UNNAMED
from .concealing import shown_path

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Side, Unit

    from .calls import Call
    from .side import Part
    from .values import Misfit

MISFIT = "proto-mismatch"
"""The code of the Remark that a ``.proto`` file does not describe what is sent."""


def missing_method(
    side: Side, call: Call, part: Part, conceal: Concealment | None
) -> list[Unit]:
    """Say of a call that no file has its method, if that is so."""
    if call.method is not None or call.path == UNNAMED:
        return []
    path = call.path if conceal is None else shown_path(call.path, conceal)
    return [
        Remark(side=side, begin=part.begin, end=part.end, code=MISFIT, subject=path)
    ]


def misfitting(unit: Unit, misfit: Misfit) -> Unit:
    """Say of one message what of it its type does not have."""
    return Remark(
        side=unit.side,
        begin=unit.begin,
        end=unit.end,
        code=MISFIT,
        subject=misfit.kind,
        detail=" ".join(misfit.fields),
        size=1,
        packet=unit.packet if isinstance(unit, Transfer) else None,
    )
