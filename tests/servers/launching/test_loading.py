from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from servers import Service
from servers.launching.loading import BrokenError, NotFoundError, load
from servers.running import RunByModuleError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MODULE = """
from servers import Service
service = Service()
other = Service()
number = 7
class Shop:
    orders = service
def make(): return other
async def amake(): return service
def seven(): return 7
def fails(): raise ValueError("no DATABASE_URL")
def runs(): service.run()
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Begin in a folder with modules, which nothing else finds later."""
    for name, text in {
        "orders_app": _MODULE,
        "broken_app": "import json\njson.loads('{')\n",
        "without_app": "import no_such_package\n",
        "syntax_app": "x = (\n",
    }.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    package = tmp_path / "shop_app"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "orders.py").write_text(_MODULE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("target", "factory", "name"),
    [
        ("orders_app", False, "service"),
        ("orders_app:", False, "service"),
        ("orders_app:other", False, "other"),
        ("orders_app:Shop.orders", False, "service"),
        ("shop_app.orders:service", False, "service"),
        ("orders_app:make", True, "other"),
    ],
)
def test_a_service_is_found(target: str, factory: bool, name: str) -> None:  # noqa: FBT001
    service = load(target, factory=factory)

    module = sys.modules[target.partition(":")[0]]
    assert isinstance(service, Service)
    assert service is getattr(module, name)


@pytest.mark.parametrize(
    ("target", "factory", "words"),
    [
        ("no_such_app", False, "no module 'no_such_app' in "),
        ("no_such_app.orders", False, "no module 'no_such_app' in "),
        ("shop_app.no_such", False, "no module 'shop_app.no_such' in "),
        ("", False, "'' is not the name of a module"),
        ("a..b", False, "'a..b' is not the name of a module"),
        ("orders app", False, "is not the name of a module"),
        ("orders_app.py", False, "is a file; write its module: orders_app"),
        ("shop_app/orders.py", False, "is a file; write its module: shop_app.orders"),
        ("nest.pcap", False, "'nest.pcap' is a file, and no module; --from answers"),
        ("n" * 300, False, "no module 'nnn"),
        ("orders_app:nothing", False, "it has orders_app:service, orders_app:other"),
        ("shop_app", False, "shop_app has no 'service'$"),
        ("orders_app:Shop.no", False, "orders_app has no 'Shop.no'"),
        ("orders_app:number", False, "is no servers.Service, but of type int"),
        ("orders_app:make", False, "with --factory what it returns is served"),
        ("orders_app:number", True, "is no function, but of type int"),
        ("orders_app:seven", True, "returned no servers.Service, but a value of type"),
        ("orders_app:amake", True, "is a coroutine function"),
    ],
)
def test_what_is_not_found_is_said_in_a_line(
    target: str,
    factory: bool,  # noqa: FBT001
    words: str,
) -> None:
    Path("nest.pcap").touch()
    with pytest.raises(NotFoundError, match=words) as caught:
        load(target, factory=factory)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("target", "factory", "last"),
    [
        ("broken_app", False, "JSONDecodeError: Expecting property name"),
        ("without_app", False, "ModuleNotFoundError: No module named 'no_such_pack"),
        ("syntax_app", False, "SyntaxError: '(' was never closed"),
        ("orders_app:fails", True, "ValueError: no DATABASE_URL"),
    ],
)
def test_what_a_module_raises_is_told_with_its_own_frames(
    target: str,
    factory: bool,  # noqa: FBT001
    last: str,
) -> None:
    with pytest.raises(BrokenError) as caught:
        load(target, factory=factory)
    text = str(caught.value)
    assert last in text.splitlines()[-1]
    assert f"{target.partition(':')[0]}.py" in text
    assert "importlib" not in text
    assert "launching" not in text


def test_a_function_that_runs_its_service_is_told_how_not_to() -> None:
    with pytest.raises(RunByModuleError, match=r"leave out service\.run"):
        load("orders_app:runs", factory=True)
