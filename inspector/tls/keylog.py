"""The secrets of sessions, as their clients or servers wrote them to a key log.

::

    CLIENT_RANDOM                    random of the client  master secret     TLS 1.2
    CLIENT_HANDSHAKE_TRAFFIC_SECRET  random of the client  secret            TLS 1.3
    …

A file may grow while it is read: a line without its end is not read yet. What a line
holds is never shown.

Source: draft-ietf-tls-keylogfile, section 2; NSS, "Key Log Format".
"""

from __future__ import annotations

from codecs import BOM_UTF8
from hashlib import blake2b
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING, Final

from inspector.errors import InspectorError
from inspector.words import plural
from protocol.lazy_regex import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MASTER: Final = "CLIENT_RANDOM"
EARLY: Final = "CLIENT_EARLY_TRAFFIC_SECRET"
HANDSHAKES: Final = "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET"
TRAFFIC: Final = "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"
"""Labels of lines; of those that both sides have, the client's first."""
MAX_SESSIONS = 200_000
"""Sessions that are kept, the latest: those of some hundred megabytes of key logs."""
_WANTED = frozenset({MASTER, EARLY, *HANDSHAKES, *TRAFFIC})
_MASTER_SIZE = 48
_LINE = lazy_regex(rb"([A-Z][A-Z0-9_]*+) ([0-9A-Fa-f]{64}) ((?:[0-9A-Fa-f]{2})+)")
_OTHER = lazy_regex(rb"[A-Z][A-Z0-9_]*+ [0-9A-Fa-f]++ [0-9A-Fa-f]++")
"""Lines of other kinds, such as ``RSA``, or of labels that are yet to be made."""
_SIZES = frozenset({32, 48})
"""Bytes of a secret of TLS 1.3: those of SHA-256 and SHA-384."""
_LONGEST = 1 << 12
"""Bytes of a line; what is longer is no line of a key log."""
_BLOCK = 1 << 16


class _File:
    """A file that is read on when it has grown.

    Attributes:
        name: Its name.
        lines: How many of its lines were read.
        flaw: The number of the first that is malformed; 0 for none.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines = self.flaw = 0
        self._place = 0
        self._rest = b""

    def fresh(self) -> Iterable[bytes]:
        """Yield the lines that were added.

        Raises:
            OSError: The file cannot be read.
        """
        path = Path(self.name)
        mode = path.stat().st_mode
        if S_ISDIR(mode):
            raise IsADirectoryError(None, "a directory")
        if not S_ISREG(mode):  # a device has no end, and a pipe perhaps no writer
            raise OSError(None, "not a regular file")
        with path.open("rb") as file:
            if path.stat().st_size < self._place:  # another one by its name
                self._place, self._rest = 0, b""
            file.seek(self._place)
            while block := file.read(_BLOCK):
                self._place += len(block)
                *lines, self._rest = (self._rest + block).split(b"\n")
                yield from lines
                self._rest = self._rest[: _LONGEST + 1]

    def last(self) -> Iterable[bytes]:
        """Yield the line that has no end, if nothing more will come."""
        rest, self._rest = self._rest, b""
        return [rest] if rest else []


class KeyLog:
    """The secrets of sessions.

    Args:
        names: The files.
        grows: Whether they may grow while they are read, or be made only then.

    Attributes:
        names: The same.
        grows: The same.
        flaws: What is wrong with lines, file by file: ``keys.log:7: …``.
        kept: How many secrets were ever kept; more, once any is new.

    Raises:
        InspectorError: A file cannot be read, or holds no line of a key log.
    """

    def __init__(self, names: Sequence[str] = (), *, grows: bool = False) -> None:
        self.names = tuple(names)
        self.grows = grows
        self.flaws: list[str] = []
        self._files = [_File(name) for name in names]
        self._secrets: dict[bytes, dict[str, bytes]] = {}
        self._blocks: Sequence[bytes] = ()
        self._read_blocks = 0
        self.kept = 0
        for file in self._files:
            self._begin(file)

    def __len__(self) -> int:
        """Return how many sessions it knows."""
        return len(self._secrets)

    def apart(self) -> KeyLog:
        """Return the same secrets for one who reads beside in another thread.

        What captures hold of secrets is then learnt of by each alone.
        """
        other = KeyLog(grows=self.grows)
        other.names, other.flaws = self.names, self.flaws
        other._secrets = {random: {**each} for random, each in self._secrets.items()}
        other.kept = self.kept
        return other

    def adopt(self, other: KeyLog) -> None:
        """Take the place of another, with all that it knows now."""
        self.__dict__.update(other.apart().__dict__)

    def digest(self) -> str:
        """Return what two logs have in common that know the same secrets."""
        found = blake2b(digest_size=16)
        for random, secrets in sorted(self._secrets.items()):
            for label, secret in sorted(secrets.items()):
                found.update(b"%b %b %b\n" % (random, label.encode(), secret))
        return found.hexdigest()

    def follow(self, blocks: Sequence[bytes]) -> None:
        """Learn where secrets come that captures hold themselves, as texts."""
        self._blocks, self._read_blocks = blocks, 0
        self._read_on_blocks()

    def secrets(self, random: bytes) -> dict[str, bytes]:
        """Return the secrets of a session by their labels; empty if it has none.

        Args:
            random: That of its client.
        """
        return self._secrets.get(random, {})

    def sessions(self) -> Iterable[tuple[bytes, dict[str, bytes]]]:
        """Return all sessions, the latest first."""
        return reversed(self._secrets.items())

    def refresh(self) -> bool:
        """Read what was added; return whether that is anything."""
        before = self.kept
        self._read_on_blocks()
        if self.grows:
            for file in self._files:
                try:
                    self._read(file, file.fresh())
                except OSError:
                    continue  # it is made when the first session begins
        return self.kept > before

    def _begin(self, file: _File) -> None:
        try:
            flaws = self._read(file, file.fresh())
        except OSError as error:
            if self.grows and isinstance(error, FileNotFoundError):
                return
            why = (error.strerror or str(error)).lower()
            raise InspectorError(file.name, f"cannot read the key log: {why}") from None
        except ValueError as error:  # a name with a NUL in it
            raise InspectorError(file.name, str(error)) from None
        if not self.grows:
            flaws += self._read(file, file.last())
        if flaws and not self._secrets:
            raise InspectorError(f"{file.name}:{file.flaw}", "not a line of a key log")
        if flaws:
            where, passed = f"{file.name}:{file.flaw}", plural(flaws, "line")
            self.flaws.append(f"{where}: not a line of a key log; {passed} passed over")

    def _read(self, file: _File, lines: Iterable[bytes]) -> int:
        """Take lines of a file; return how many of them are malformed."""
        flaws = 0
        for line in lines:
            file.lines += 1
            if not self._take(line.removeprefix(BOM_UTF8) if file.lines == 1 else line):
                file.flaw = file.flaw or file.lines
                flaws += 1
        return flaws

    def _read_on_blocks(self) -> None:
        for text in self._blocks[self._read_blocks :]:
            for line in text.split(b"\n"):
                self._take(line)
            self._read_blocks += 1

    def _take(self, line: bytes) -> bool:
        """Take a line; return whether it is one of a key log."""
        line = line.strip()
        if not line or line.startswith(b"#"):
            return True
        match = _LINE.fullmatch(line) if len(line) <= _LONGEST else None
        if match is None:
            return bool(_OTHER.fullmatch(line[: _LONGEST + 1]))
        label = match[1].decode()
        if label not in _WANTED:
            return True
        secret = bytes.fromhex(match[3].decode())
        sizes = {_MASTER_SIZE} if label == MASTER else _SIZES
        if len(secret) not in sizes:
            return False
        self._keep(bytes.fromhex(match[2].decode()), label, secret)
        return True

    def _keep(self, random: bytes, label: str, secret: bytes) -> None:
        known = self._secrets.get(random)
        if known is None:
            if len(self._secrets) >= MAX_SESSIONS:
                del self._secrets[next(iter(self._secrets))]
            known = self._secrets[random] = {}
        known[label] = secret
        self.kept += 1
