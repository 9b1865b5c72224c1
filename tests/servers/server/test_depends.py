from __future__ import annotations

from typing import Annotated, Any

import pytest

from servers import Depends, HandlerError
from servers.server.depends import depends_in


class _Session:
    pass


def _session() -> _Session:
    return _Session()


@pytest.mark.parametrize(
    "annotation", [int, Any, Annotated[int, "text"], None, _Session, Depends(_session)]
)
def test_what_is_not_marked_depends_on_nothing(annotation: object) -> None:
    assert depends_in(annotation) is None


def test_a_mark_names_a_function_or_stands_for_the_class_itself() -> None:
    found = depends_in(Annotated[_Session, "text", Depends(_session, use_cache=False)])
    own = depends_in(Annotated[_Session, Depends()])

    assert found == Depends(_session, use_cache=False)
    assert own == Depends(_Session)


def test_an_alias_of_a_type_statement_is_seen_through() -> None:
    class Alias:
        __value__ = Annotated[_Session, Depends(_session)]

    assert depends_in(Alias) == Depends(_session)


def test_what_cannot_be_called_is_refused() -> None:
    with pytest.raises(HandlerError, match="'text' cannot be a dependency"):
        depends_in(Annotated[str, Depends("text")])  # type: ignore[arg-type]
