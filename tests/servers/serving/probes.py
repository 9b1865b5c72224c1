"""Probes, as Kubernetes makes them, and ports for what they ask."""

from __future__ import annotations

import asyncio
import socket


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


async def ask(port: int, path: str, method: str = "GET") -> tuple[int, bytes]:
    """Return status and body of the answer."""
    head, body = await exchange(port, f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n")
    return int(head.split(" ")[1]), body


async def exchange(port: int, request: str) -> tuple[str, bytes]:
    """Return what stands before the body of the answer, and the body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request.encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    finally:
        writer.close()
    return head.decode(), body
