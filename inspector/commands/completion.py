"""``protocol-inspect completion``: the script with which a shell completes words."""

from __future__ import annotations

import sys

import click
from click.shell_completion import get_completion_class

from .speech import COMPLETION, PROGRAM

_SHELLS = ["bash", "zsh", "fish"]


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Write the script that completes words in a shell.

    \b
    bash   protocol-inspect completion bash > ~/.protocol-inspect.bash
           echo '. ~/.protocol-inspect.bash' >> ~/.bashrc
    zsh    protocol-inspect completion zsh > ~/.protocol-inspect.zsh
           echo '. ~/.protocol-inspect.zsh' >> ~/.zshrc
    fish   protocol-inspect completion fish \\
             > ~/.config/fish/completions/protocol-inspect.fish

    \b
    Example:
      protocol-inspect completion zsh
    """
    made = get_completion_class(shell)
    assert made is not None
    root = context.find_root().command
    sys.stdout.write(made(root, {}, PROGRAM, COMPLETION).source())
