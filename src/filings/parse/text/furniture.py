"""Rulers and page numbers (form-6k-cover.md 3.5)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from filings.parse.text.line import Line

_RULER = re.compile(r"[_\-=*. \x1f]+")
_PAGE_NUMBER = re.compile(
    r"(?:[-–—] ?)?\d{1,3}(?: ?[-–—])?|Page:? \d{1,4}(?: of \d{1,4})?|\d{1,4} of \d{1,4}", re.IGNORECASE
)


def is_ruler(text: str) -> bool:
    """Nothing but ``_ - = * .`` and blanks."""
    return text[:1] in "_-=*." and _RULER.fullmatch(text) is not None


def furniture(texts: Sequence[str], breaks: Sequence[bool]) -> list[bool]:
    """Which lines are a ruler or a page number.

    `texts` are the lines, blank ones too; `breaks` says whether a page break or a drawn rule (``<hr>``) stands before
    each. A page number is one only beside one of these, beside a ruler, or at the end of the document.
    """
    visible = [at for at, text in enumerate(texts) if text]
    found = [False] * len(texts)
    for at in visible:
        found[at] = is_ruler(texts[at])
    broken = [any(breaks[before + 1 : at + 1]) for before, at in zip([-1, *visible], visible, strict=False)]
    broken.append(True)
    rulers = [found[at] for at in visible]
    for nth, at in enumerate(visible):
        text = texts[at]
        if len(text) > 20 or found[at] or not _PAGE_NUMBER.fullmatch(text):
            continue
        after_ruler = nth > 0 and rulers[nth - 1]
        before_ruler = nth + 1 < len(visible) and rulers[nth + 1]
        found[at] = (broken[nth] and nth > 0) or broken[nth + 1] or after_ruler or before_ruler
    return found


def finished(made: Sequence[list[Any]], breaks: Sequence[bool]) -> list[Line]:
    """The lines of which all is known but whether they are furniture: their fields, in order, as `Line` has them."""
    for fields, is_one in zip(made, furniture([fields[0] for fields in made], breaks), strict=True):
        if is_one:
            fields.append(True)
    return [Line(*fields) for fields in made]
