"""Record captures of Nest over TLS, with their key logs, on the loopback interface.

::

    python -m captures.tls_stage           every capture
    python -m captures.tls_stage NAME…     the named ones

Each capture is two files in ``captures/tls``: ``NAME.pcap`` and ``NAME.keys``, the key
log that ``node --tls-keylog`` or ``openssl s_client`` wrote at the caller's; of the one
over NATS ``NAME.service.keys`` besides, that of the service. ``plain-nest12`` is the
same without TLS. The certificates are made for a recording alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import trustme

from .processes import (
    HERE,
    NEST,
    QUIET,
    RecordingError,
    await_end,
    await_truth,
    capturing,
    check_tcpdump,
    compile_applications,
    find_node,
    listening_ports,
    say,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOLDER = HERE / "tls"
PORT = 42_420
NESTS = {"v12"}
# Name → what the environment of both programs says besides.
SCENARIOS: Mapping[str, Mapping[str, str]] = {
    "plain-nest12": {},
    "tls12-nest12": {"TLS_VERSION": "TLSv1.2"},
    "tls13-nest12": {"TLS_VERSION": "TLSv1.3"},
    "tls12-resumed-nest12": {"TLS_VERSION": "TLSv1.2", "CONNECTIONS": "2"},
    "tls13-resumed-nest12": {"TLS_VERSION": "TLSv1.3", "CONNECTIONS": "2"},
    "tls13-key-update-nest12": {"TLS_VERSION": "TLSv1.3"},
    "tls12-renegotiated-nest12": {"TLS_VERSION": "TLSv1.2"},
    "nats-tls-nest12": {"TLS_VERSION": "TLSv1.3", "TRANSPORT": "nats"},
}
_BY_HAND = {"tls13-key-update-nest12": b"K", "tls12-renegotiated-nest12": b"R"}
"""What ``openssl s_client`` is told between calls: update keys, or renegotiate."""


def write_certificates(folder: Path) -> None:
    """Write a new authority, and a certificate for this host."""
    authority = trustme.CA(key_type=trustme.KeyType.ECDSA)
    names = ("localhost", "127.0.0.1")
    own = authority.issue_cert(*names, key_type=trustme.KeyType.ECDSA)
    authority.cert_pem.write_to_path(folder / "ca.pem")
    own.private_key_pem.write_to_path(folder / "key.pem")
    own.cert_chain_pems[0].write_to_path(folder / "cert.pem")


def record(name: str, node: Path) -> None:
    """Make one capture."""
    asked, pcap, keys = (
        SCENARIOS[name],
        FOLDER / f"{name}.pcap",
        FOLDER / f"{name}.keys",
    )
    keys.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        write_certificates(Path(folder))
        settings = {"TLS_FOLDER": folder, "PORT": str(PORT), **asked}
        lines = stack.enter_context(capturing(f"tcp port {PORT}", pcap))
        if asked.get("TRANSPORT") == "nats":
            stack.enter_context(_broker(Path(folder)))
        stack.enter_context(_service(node, settings))
        if name in _BY_HAND:
            _call_by_hand(_BY_HAND[name], folder, keys)
        else:
            _call(node, settings, keys)
        if asked.get("TRANSPORT"):  # at a broker, the service has a session of its own
            own = Path(folder, "service.keys").read_bytes()
            keys.with_suffix(".service.keys").write_bytes(own)
    check_tcpdump(lines)


@contextmanager
def _service(node: Path, settings: Mapping[str, str]) -> Iterator[None]:
    program = NEST / "v12" / "build" / "tls" / "service" / "main.js"
    keys = [f"--tls-keylog={settings['TLS_FOLDER']}/service.keys"]
    service = subprocess.Popen(
        [node, *keys, program],
        env=os.environ | settings,
        stdout=subprocess.PIPE,
    )
    try:
        assert service.stdout is not None
        service.stdout.readline()
        await_truth(lambda: PORT in listening_ports(), "service")
        yield
    finally:
        service.terminate()
        await_end(service, "service")


@contextmanager
def _broker(folder: Path) -> Iterator[None]:
    options = ["-a", "127.0.0.1", "-p", str(PORT), "--tls"]
    files = ["--tlscert", str(folder / "cert.pem"), "--tlskey", str(folder / "key.pem")]
    broker = subprocess.Popen(
        ["nats-server", *options, *files], stderr=subprocess.DEVNULL
    )
    try:
        await_truth(lambda: PORT in listening_ports(), "nats-server")
        yield
    finally:
        broker.terminate()
        broker.wait()


def _call(node: Path, settings: Mapping[str, str], keys: Path) -> None:
    program = NEST / "v12" / "build" / "tls" / "caller" / "main.js"
    caller = subprocess.Popen(
        [node, f"--tls-keylog={keys}", program], env=os.environ | settings
    )
    await_end(caller, "caller")


def _call_by_hand(between: bytes, folder: str, keys: Path) -> None:
    """Call the service twice, and do something about the session in between."""
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{PORT}"]
    files = ["-CAfile", f"{folder}/ca.pem", "-keylogfile", str(keys)]
    client = subprocess.Popen(
        [*command, *files, "-legacy_renegotiation"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert client.stdin is not None
    assert client.stdout is not None
    for number in (1, 2, 3):
        text = b'{"pattern":"sum","data":[%d,2],"id":"%d"}' % (number, number)
        client.stdin.write(b"%d#%s\n" % (len(text), text))
        client.stdin.flush()
        said = b""
        while b'"response":%d' % (number + 2) not in said:
            piece = os.read(client.stdout.fileno(), 1 << 16)
            if not piece:
                raise RecordingError(said.decode(errors="replace"))
            said += piece
        client.stdin.write(between + b"\n")
        client.stdin.flush()
        time.sleep(QUIET)  # it drops what it reads together with a command
    client.stdin.write(b"Q\n")
    client.stdin.close()
    client.stdout.read()
    client.wait()


def main() -> None:
    """Record what the command line names, or all of it."""
    node = find_node()
    compile_applications(node, NESTS)
    FOLDER.mkdir(exist_ok=True)
    for name in sys.argv[1:] or SCENARIOS:
        say(f"record: {name}")
        record(name, node)


if __name__ == "__main__":
    main()
