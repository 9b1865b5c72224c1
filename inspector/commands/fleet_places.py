"""Where a run over a fleet keeps what its tasks share, and what a later one needs.

=========================  ==========================  ==========================
``--checkpoint``           what tasks share            states
=========================  ==========================  ==========================
none                       a folder until the end      none
a folder                   there                       there
a URL                      a folder until the end      there
a URL, with ``--cluster``  there                       there
=========================  ==========================  ==========================
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from inspector.errors import InspectorError
from inspector.fleet.stores import OF_PROCESS, Folder, Remote, store_at
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from contextlib import ExitStack


class Places(NamedTuple):
    """Where things are.

    Attributes:
        folder: What tasks share.
        states: States, if they are elsewhere.
    """

    folder: str
    states: str = ""


def places_of(checkpoint: str | None, workers: int, stack: ExitStack) -> Places:
    """Return where things are, once it is known that they can be written there.

    Args:
        checkpoint: A folder or URL; None for none.
        workers: Processes of this machine; 0 for those of a cluster.
        stack: Removes what is needed until the end alone.

    Raises:
        InspectorError: Nothing can be kept there …
        UnwritableOutputError: … or written.
    """
    if checkpoint is None:
        return Places(stack.enter_context(TemporaryDirectory()))
    store = store_at(checkpoint)
    if isinstance(store, Folder):
        store.make()  # by its whole path: workers of a cluster are somewhere else
        return Places(store.place if workers else str(Path.cwd() / store.place))
    assert isinstance(store, Remote)
    if checkpoint.startswith(OF_PROCESS) and workers != 1:
        words = "only one process has that memory; it takes --workers 1"
        raise InspectorError(f"--checkpoint {checkpoint}", words)
    store.check(removes=not workers)
    if not workers:
        return Places(checkpoint)
    return Places(stack.enter_context(TemporaryDirectory()), checkpoint)
