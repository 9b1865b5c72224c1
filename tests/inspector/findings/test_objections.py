from __future__ import annotations

from inspector.findings.objections import UNKNOWN, Objection


def hidden(known: tuple[Objection, ...]) -> list[str]:
    """Return how those begin that are never found, as one before them fits as well."""
    return [
        each.begins
        for index, each in enumerate(known)
        if any(one.fits(each.begins) for one in known[:index])
    ]


def test_one_is_told_by_how_its_text_begins_and_by_what_that_has() -> None:
    objection = Objection("publish", "Why.", "how", says="not authorized")

    assert objection.key == "publish not authorized"
    assert objection.fits("publish sum: not authorized")
    assert not objection.fits("publish sum: quota exceeded")
    assert not objection.fits("subscribe sum: not authorized")


def test_one_after_another_that_fits_as_well_is_never_found() -> None:
    first, second = Objection("err", "", ""), Objection("err max", "", "")

    assert hidden((first, second)) == ["err max"]
    assert not hidden((second, first))


def test_one_that_nobody_knows_has_no_beginning() -> None:
    assert not UNKNOWN.begins
