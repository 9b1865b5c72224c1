from __future__ import annotations

from inspector.findings.objection import Objection


def test_a_text_fits_by_its_beginning_and_by_what_it_says() -> None:
    refused = Objection("publish", "…", "…", says="not authorized")

    assert refused.fits("publish sum: not authorized")
    assert not refused.fits("subscribe sum: not authorized")
    assert not refused.fits("publish sum: quota exceeded")
    assert refused.fits(refused.key)
