"""Node, asked what JavaScript itself says."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from typing import TYPE_CHECKING, Any

from captures.processes import find_node
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

_PROGRAM = """
const answer = {function};
const questions = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(questions.map(question => answer(question))));
"""
node = cache(find_node)


def ask(function: str, questions: list[Any], folder: Path | None = None) -> list[Any]:
    """Return what a JavaScript function gives for each question.

    Args:
        function: Source of a function of one argument.
        questions: Values that JSON can hold.
        folder: Where ``require`` looks for packages.
    """
    answered = subprocess.run(
        [node(), "--eval", _PROGRAM.replace("{function}", function)],
        input=json.dumps(questions).encode(),
        stdout=subprocess.PIPE,
        cwd=folder,
        check=True,
        timeout=PATIENCE,
    )
    answers: list[Any] = json.loads(answered.stdout)
    return answers
