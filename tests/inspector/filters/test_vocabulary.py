from __future__ import annotations

import pytest

from inspector.errors import ExpressionError
from inspector.filters.compiler import Compiler
from inspector.filters.parser import parse
from inspector.filters.vocabulary import Vocabulary


def test_a_vocabulary_of_fields_alone_says_nothing_of_their_values() -> None:
    words = Vocabulary({"size": lambda subject: subject})
    holds = Compiler(words, "--where").compile(parse("size == 5", "--where"))

    assert (holds(5), holds(6)) == (True, False)
    with pytest.raises(ExpressionError, match="no field 'other'"):
        Compiler(words, "--where").compile(parse("other", "--where"))
