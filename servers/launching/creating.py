"""``protocol-serve new NAME``: write a service that runs, with a test.

====  ==============================================================
code  meaning
====  ==============================================================
0     it is written
1     it cannot be written
2     usage; the folder exists, or the name is no name of a module
====  ==============================================================
"""

from __future__ import annotations

import keyword
import re
import shlex
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from .speech import FAILED, say
from .templates import TRANSPORTS, files

NEW = "new"
"""The first word that asks for a new service, unless there is a module of that name."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_LONGEST = 60  # characters of a name


def wanted(arguments: list[str], folder: Path) -> bool:
    """Whether a new service is asked for, and not that of a module ``new``.

    Args:
        arguments: Those of the command.
        folder: Where modules are looked for.
    """
    is_module = (folder / f"{NEW}.py").exists() or (folder / NEW).is_dir()
    return arguments[:1] == [NEW] and not is_module


@click.command(
    NEW,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)
@click.argument("name", type=click.Path(path_type=Path), metavar="NAME")
@click.option(
    "--transport",
    type=click.Choice(list(TRANSPORTS)),
    default="tcp",
    show_default=True,
    help="How the service is reached.",
)
def new(name: Path, transport: str) -> None:
    """Write a new service into a new folder NAME.

    It is typed, runs as it is, and has a test, a pyproject.toml and a Dockerfile.

    \b
    Example:
      protocol-serve new orders --transport nats
    """
    module = _module_of(name.name)
    if name.exists() or name.is_symlink():
        raise click.UsageError(f"{name} exists already")
    try:
        _write(name, files(name.name, module, transport))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        say(f"{error.filename or name}: cannot write: {reason}")
        raise SystemExit(FAILED) from None
    url = TRANSPORTS[transport].here.replace("$module", module)
    click.echo(f"cd {shlex.quote(str(name))}")
    click.echo(f"protocol-serve {module} {shlex.quote(url)} --reload")


def _module_of(name: str) -> str:
    """Return the module of a service.

    Raises:
        click.UsageError: A module cannot be called so, or another one is.
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise click.UsageError(
            f"{name!r} is no name of a service: letters, digits, - and _, "
            f"a letter first, at most {_LONGEST}"
        )
    module = name.replace("-", "_").lower()
    if keyword.iskeyword(module) or module in sys.builtin_module_names:
        raise click.UsageError(f"{module} is a word of Python; choose another name")
    if module in sys.stdlib_module_names or _installed(module):
        raise click.UsageError(f"a module {module} is installed; choose another name")
    return module


def _installed(module: str) -> bool:
    """Whether there is such a module elsewhere than in the current directory."""
    here = Path.cwd()
    found = find_spec(module)
    if found is None or found.origin is None:
        return False
    return here not in Path(found.origin).parents


def _write(folder: Path, texts: dict[str, str]) -> None:
    folder.mkdir()
    for path, text in texts.items():
        file = folder / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
