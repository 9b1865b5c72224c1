"""``protocol-inspect completion``: the script with which a shell completes words."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from .prompts import AskedArgument, ask
from .speech import PROGRAM

_SHELLS = ["bash", "zsh", "fish"]
_PROGRAMS = [PROGRAM, "protocol-call", "protocol-serve"]
_INITIALISED = """\
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
"""
"""In a zsh whose .zshrc has not done so, before completions are registered.

``-i`` passes over folders that others may write to, about which compinit else asks.
Source: zshcompsys(1), “Use of compinit”.
"""
_MENDED = (
    ("    compdef ", _INITIALISED + "    compdef "),
    # A list of fields has commas; only the first one parts a kind from a value.
    ('string split "," $completion', 'string split --max 1 "," $completion'),
)
"""What click writes → what works, in zsh and in fish."""


def _ask_shell() -> str:
    """Ask for a shell; that of the user is offered."""
    own = Path(os.environ.get("SHELL", "")).name
    usual = own if own in _SHELLS else None
    return ask("Shell", _shell, usual=usual, hint=", ".join(_SHELLS))


def _shell(answer: str) -> str:
    if answer not in _SHELLS:
        raise click.BadParameter(f"no completion for {answer}")
    return answer


@click.command()
@click.argument("shell", cls=AskedArgument, ask=_ask_shell, type=click.Choice(_SHELLS))
@click.argument("program", type=click.Choice(_PROGRAMS), default=PROGRAM)
@click.pass_context
def completion(context: click.Context, shell: str, program: str) -> None:
    """Write the completion script of a shell.

    It completes commands, options, formats and the fields of expressions; with
    protocol-call or protocol-serve, those of that command.

    \b
    bash   protocol-inspect completion bash > ~/.protocol-inspect.bash
           echo '. ~/.protocol-inspect.bash' >> ~/.bashrc
    zsh    protocol-inspect completion zsh > ~/.protocol-inspect.zsh
           echo '. ~/.protocol-inspect.zsh' >> ~/.zshrc
    fish   protocol-inspect completion fish \\
             > ~/.config/fish/completions/protocol-inspect.fish

    \b
    Example:
      protocol-inspect completion bash protocol-call
      protocol-inspect completion zsh
    """
    made = get_completion_class(shell)
    assert made is not None
    root = context.find_root().command
    script = made(root, {}, program, _variable(program)).source()
    for written, mended in _MENDED:
        script = script.replace(written, mended)
    sys.stdout.write(script)


def _variable(program: str) -> str:
    """Return the variable in which a shell asks a program, as click names it."""
    return f"_{program.replace('-', '_').upper()}_COMPLETE"
