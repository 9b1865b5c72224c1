"""Certificates of an authority that exists for one test."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import trustme

if TYPE_CHECKING:
    from pathlib import Path


class Certificates(NamedTuple):
    """PEM files of an authority, a server and a client."""

    authority: Path
    server: Path
    server_key: Path
    client: Path
    client_key: Path

    @classmethod
    def issued(cls, folder: Path) -> Certificates:
        """Write new ones into a folder."""
        authority = trustme.CA()
        server = authority.issue_cert("127.0.0.1", "localhost")
        client = authority.issue_cert("someone@example.org")
        names = cls(*(folder / f"{name}.pem" for name in cls._fields))
        authority.cert_pem.write_to_path(names.authority)
        server.private_key_pem.write_to_path(names.server_key)
        client.private_key_pem.write_to_path(names.client_key)
        for chain, path in ((server, names.server), (client, names.client)):
            for blob in chain.cert_chain_pems:
                blob.write_to_path(path, append=True)
        return names
