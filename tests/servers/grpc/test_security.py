from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

import pytest

from captures.grpc_stage import PROTO
from servers import Client, ConnectError, Service, UsageError, client_tls, server_tls
from servers.errors import ListenError
from servers.grpc import Grpc, method
from servers.grpc.security import Pem, pem_of
from servers.locating import broker_at
from tests.servers.certificates import Certificates

if TYPE_CHECKING:
    from pathlib import Path


def _service() -> Service:
    service = Service()

    @service.message(method("Calculator", "Echo"))
    def echo(data: Any) -> Any:  # noqa: ANN401
        return data

    return service


async def test_both_sides_show_their_certificates(tmp_path: Path) -> None:
    files = Certificates.issued(tmp_path)
    own = server_tls(files.server, files.server_key, client_authority=files.authority)
    service = Grpc("127.0.0.1:0", proto=PROTO, tls=own)
    async with _service().listen(service):
        assert service.name == f"grpcs://127.0.0.1:{service.port}"
        query = f"?proto={PROTO}&tls_authority={files.authority}"
        proof = f"&tls_certificate={files.client}&tls_key={files.client_key}"
        for url, host in ((proof, "127.0.0.1"), (proof + "&tls_name=localhost", "::1")):
            at = service.name.replace(host, "127.0.0.1")
            async with Client(broker_at(at + query + url)) as client:
                assert await client.send("Calculator.Echo", {"text": "a"}) == {
                    "text": "a"
                }
        for stranger in (query, f"{query}{proof}&tls_name=elsewhere.example"):
            async with Client(broker_at(service.name + stranger)) as client:
                with pytest.raises(ConnectError, match="reached by TLS"):
                    await client.send("Calculator.Echo", {})
        async with Client(Grpc(f"127.0.0.1:{service.port}", proto=PROTO)) as client:
            with pytest.raises(ConnectError, match="cannot be reached"):
                await client.send("Calculator.Echo", {})


async def test_what_grpcio_cannot_use_is_refused(tmp_path: Path) -> None:
    files = Certificates.issued(tmp_path)
    with pytest.raises(UsageError, match="files instead of a context"):
        Grpc("a:1", proto=PROTO, tls=ssl.create_default_context())
    with pytest.raises(UsageError, match="verifies the certificate"):
        Grpc("a:1", proto=PROTO, tls=client_tls(verify=False))
    with pytest.raises(UsageError, match="without TLS"):
        Grpc("grpc://a:1", proto=PROTO, tls=client_tls())
    with pytest.raises(UsageError, match="tls_authority is for grpcs"):
        broker_at(f"grpc://a:1?proto={PROTO}&tls_authority={files.authority}")
    with pytest.raises(UsageError, match="TLS: No such file"):
        broker_at(f"grpcs://a:1?proto={PROTO}&tls_authority={tmp_path}/nope.pem")
    with pytest.raises(ListenError, match="has a certificate"):
        async with _service().listen(Grpc("grpcs://127.0.0.1:0", proto=PROTO)):
            pass
    context = client_tls(authority=files.authority)
    assert pem_of(context) == Pem(files.authority.read_bytes())
    files.authority.unlink()
    with pytest.raises(UsageError, match="No such file"):
        pem_of(context)
