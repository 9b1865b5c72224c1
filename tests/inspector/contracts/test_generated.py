"""What a contract of real Nest makes compiles and runs, and keeps to the contract."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from captures.processes import find_node
from tests.inspector.captures import ROOT
from tests.inspector.command import run
from tests.inspector.watched import watched
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

_HERE = Path(__file__).parent
_NEST = ROOT / "nest"
_CAPTURES = [ROOT / "captures" / f"{each}-nest12.pcap" for each in ("seed", "showcase")]
_FOUND = {"sum": 6, "cmdSum": 4, "count": [1, 2, 3], "echo": "求和"}
_CONFIGURATION: dict[str, Any] = {
    "target": "es2022",
    "module": "node20",
    "rootDir": ".",
    "outDir": "built",
    "types": ["node"],
    "experimentalDecorators": True,
    "emitDecoratorMetadata": True,
    "strict": True,
    "noUnusedLocals": True,
    "noUnusedParameters": True,
    "skipLibCheck": True,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A contract of two applications of real Nest, in all forms."""
    made = tmp_path_factory.mktemp("generated")
    for option, name in (
        ("--json", "contract.json"),
        ("--format=typescript", "contract.ts"),
        ("--format=python", "contract.py"),
    ):
        outcome = run("contract", *_CAPTURES, option)
        assert outcome.code == 0, outcome.err
        (made / name).write_text(outcome.out, encoding="utf-8")
    shutil.copy(_HERE / "program.ts", made)
    shutil.copy(_HERE / "own.py", made)
    return made


def _compile(folder: Path, node: Path, version: str) -> None:
    """Compile the generated TypeScript, and what is around it, with a Nest's types."""
    modules = _NEST / version / "node_modules"
    types = [str(_NEST / "v12" / "node_modules" / "@types")]
    options = _CONFIGURATION | {"paths": {"*": [f"{modules}/*"]}, "typeRoots": types}
    configuration = {"compilerOptions": options, "include": ["*.ts"]}
    (folder / "tsconfig.json").write_text(json.dumps(configuration), encoding="utf-8")
    compiler = _NEST / "v12" / "node_modules" / "typescript" / "bin" / "tsc"
    compiled = subprocess.run(
        [node, compiler, "--project", folder],
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )
    assert compiled.returncode == 0, compiled.stdout


@contextmanager
def _program(folder: Path, node: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    environment = os.environ | {"NODE_PATH": str(_NEST / "v12" / "node_modules")}
    with subprocess.Popen(
        [node, folder / "built" / "program.js", *words],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=environment,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Import the module that a person wrote, which imports the generated one."""
    monkeypatch.syspath_prepend(folder)
    spec = importlib.util.spec_from_file_location("own", folder / "own.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.delitem(sys.modules, "contract")
    return module


async def _exchange(
    folder: Path, node: Path, own: ModuleType, port: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Let both clients call both services, through a proxy that checks them."""
    async with own.own_service().listen("127.0.0.1", 0) as server:
        words = f"127.0.0.1:0 127.0.0.1:{port} 127.0.0.1:0 127.0.0.1:{server.port}"
        contract = folder / "contract.json"
        with watched(
            "proxy", *words.split(), "--json", "--contract", contract
        ) as proxy:
            to_nest, to_us = proxy.ports
            ours = await own.call(to_nest)
            with _program(folder, node, "call", str(to_us)) as caller:
                said = await asyncio.to_thread(caller.communicate, timeout=PATIENCE)
            await asyncio.to_thread(proxy.until, lambda: proxy.exchange_count == 12)
            assert await asyncio.to_thread(proxy.interrupt) == 0, proxy.err
            assert proxy.of_type("violation") == []
    return ours, json.loads(said[0])


def test_generated_clients_and_services_keep_to_the_contract(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = find_node()
    _compile(folder, node, "v12")
    own = _own(folder, monkeypatch)
    with _program(folder, node, "serve") as nest:
        assert nest.stdout is not None
        port = int(nest.stdout.readline())
        ours, theirs = asyncio.run(_exchange(folder, node, own, port))

    assert ours == _FOUND | {"refused": "refused"}
    assert theirs == _FOUND | {"refused": {"status": "error", "message": "refused"}}


def test_the_oldest_nest_compiles_it_too(folder: Path) -> None:
    _compile(folder, find_node(), "v10")
