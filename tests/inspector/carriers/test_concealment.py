"""What hides secrets is a part of the interface of carriers, and the redactor is it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers import base, concealment
from inspector.redaction.texts import AUTO, Redaction

if TYPE_CHECKING:
    from inspector.carriers.concealment import Concealment


def test_carriers_find_it_with_the_rest_of_the_interface() -> None:
    assert base.Concealment is concealment.Concealment


def test_a_redactor_hides_in_as_many_bytes() -> None:
    hiding: Concealment = Redaction([AUTO])
    body = b'{"password":"secret"}'

    hidden = hiding.body(body)
    assert len(hidden) == len(body)
    assert b"secret" not in hidden
