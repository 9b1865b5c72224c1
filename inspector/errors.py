"""What stops an inspection, each with the exit code of the command.

====  ==============================================================
code  meaning
====  ==============================================================
0     done, also when the capture holds no Nest traffic
1     a ``--fail-on`` condition was met, or had nothing to judge; of
      ``doctor``: something that is installed is broken; of
      ``conformance``: a check failed; a command of another package failed
2     usage
3     the capture cannot be read, or only in part
4     not permitted to capture
5     the output cannot be written
====  ==============================================================

Bad traffic is not an error: it is reported as a finding.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self


class InspectorError(Exception):
    """An inspection cannot begin, or cannot go on.

    Attributes:
        exit_code: What the command exits with.
        subject: What the message is about: a file, an interface, an option.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, subject: str, problem: str) -> None:
        super().__init__(f"{subject}: {problem}")
        self.subject = subject

    def __reduce__(self) -> tuple[Any, ...]:
        """Let it be sent from one process to another, whatever it is made of."""
        return _restored, (type(self), self.args, self.__dict__)


def _restored(
    kind: type[InspectorError], args: tuple[str, ...], members: dict[str, object]
) -> InspectorError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(members)
    return error


class UnreadableCaptureError(InspectorError):
    """No packet of the capture can be read."""

    exit_code = 3


class DamagedCaptureError(UnreadableCaptureError):
    """The capture can be read up to a point, and no further."""

    @classmethod
    def after(cls, packets: int, subject: str, problem: str) -> Self:
        """Return the error for a problem after some readable packets."""
        covered = f"the report covers {'1' if packets == 1 else f'1 to {packets:,}'}"
        if packets == 0:
            covered = "there is nothing before it"
        return cls(subject, f"{problem} in packet {packets + 1}; {covered}")


class AlreadyReadError(InspectorError):
    """What can be read only once has been read."""


class UnwritableOutputError(InspectorError):
    """A file that was asked for cannot be written."""

    exit_code = 5

    @classmethod
    def of(cls, name: str, error: OSError) -> Self:
        """Return the error for a file and what the system says about it."""
        return cls(name, f"cannot write: {(error.strerror or str(error)).lower()}")


class NotPermittedError(InspectorError):
    """The system lets only the privileged capture packets."""

    exit_code = 4

    def __init__(self, interface: str) -> None:
        super().__init__(
            interface,
            "not permitted to capture; run it with sudo, give its Python the right "
            'once ("sudo setcap cap_net_raw+ep $(readlink -f $(which python3))"), or '
            "pipe: sudo tcpdump -U -w - | protocol-inspect live -",
        )


class ExpressionError(InspectorError):
    """An expression has no meaning.

    Attributes:
        place: The character at fault, counted from 1.
    """

    def __init__(self, option: str, problem: str, place: int) -> None:
        super().__init__(option, problem)
        self.place = place
