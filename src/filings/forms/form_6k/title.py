"""The form's name and title on the cover, and which report an amendment amends (form-6k-cover.md 3, 4.1, 4.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from filings.forms.text.days import MONTH, find_day
from filings.forms.text.running import Running

_FORM = re.compile(
    r"^[^\w\n]*(?P<filed>form\s*6\s*-?\s*K(?P<amended>\s*/\s*A)?)"
    r"(?=[^\w\n]*$|[^\w\n]*\(?\s*amendment\s+no|\s*report\s+of\s+(?:foreign|issuer))",
    re.IGNORECASE | re.MULTILINE,
)
_FIRST_LINES = 40
_MOST_CHARACTERS = 20_000
"""Of the lines in which a bare file must name the form; a line of megabytes is no cover."""

_STRICT = r"13\s*a\s*-\s*16"
_CITATION = re.compile(
    r"(?:rules?|sections?)\s*(?P<rule>13\s*\w{0,3}?\s*-?\s*a?\s*-?\s*16)(?!\d)"
    r"(?:\s*(?:or|and|,|/)?\s*(?:rules?\s+|sections?\s+)?15\s*d?\s*-?\s*16(?!\d))?"
    r"(?:\s*,?\s*(?:of|under|pursuant\s+to)?\s*(?:the\s+)?securities\s+(?:and\s+)?exchange\s+act(?:\s+of)?\s+1934)?\.?",
    re.IGNORECASE,
)
_TITLE = re.compile(r"\breport\s+(?:of|by)(?:\s+an?)?(?:\s+\w+){0,4}?\s+issuers?\b", re.IGNORECASE)
_PURSUANT = re.compile(r"\bpursuant\b", re.IGNORECASE)
_FURNISHED = re.compile(r"report\s+(?:on\s+form\s+6-?K\s+)?(?:\w+\s+)?(?:furnished|filed|submitted)\b", re.IGNORECASE)
_NAMED = re.compile(rf"\s+(?:\w+\s+){{0,12}}?on\s+(?={MONTH}|\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FormName:
    """The form's name as it stands, characters `start` to `end` (half-open), and whether it says ``/A``."""

    start: int
    end: int
    is_amendment: bool


def form_name(running: Running, limit: int) -> FormName | None:
    """The form's name on a line of its own (form-6k-cover.md 4.1). ``Form 6-K, dated April 3, 2025`` is another report."""
    found = _FORM.search(running.text, 0, limit)
    return FormName(*found.span("filed"), found["amended"] is not None) if found else None


def form_of_bare(running: Running) -> FormName | None:
    """A bare text is a 6-K when its first 40 lines name the form on a line of its own (form-6k-cover.md 3)."""
    if not running.lines:
        return None
    held = [number for number, line in enumerate(running.lines[: 4 * _FIRST_LINES]) if line.text][:_FIRST_LINES]
    limit = min(running.end_of(held[-1]) if held else 0, _MOST_CHARACTERS)
    return form_name(running, limit)


@dataclass(frozen=True, slots=True)
class Citation:
    """The rule that the cover cites, characters `start` to `end` (half-open), with the Act behind it."""

    start: int
    end: int
    is_garbled: bool


def rule_citation(text: str, limit: int) -> Citation | None:
    """Rule 13a-16 or 15d-16, with the slips of the pen that filers' templates carry on (form-6k-cover.md 4.2)."""
    found = _CITATION.search(text, 0, limit)
    if not found:
        return None
    is_garbled = re.fullmatch(_STRICT, found["rule"], re.IGNORECASE) is None
    return Citation(found.start(), found.end(), is_garbled)


def cover_title(text: str, start: int, limit: int) -> tuple[int, int] | None:
    """The words between form name and ``Pursuant``, as ``Report of Foreign Issuer`` (form-6k-cover.md 4.2)."""
    found = _TITLE.search(text, start, limit)
    if not found:
        return None
    behind = _PURSUANT.search(text, start, limit)
    return found.span() if behind is None or found.start() < behind.start() else None


def amended_report(text: str, cover_end: int, limit: int) -> date | None:
    """The date of the report that an amendment amends, from its explanatory note (form-6k-cover.md 4.1)."""
    for found in _FURNISHED.finditer(text, cover_end, limit):
        named = _NAMED.match(text, found.end(), min(limit, found.end() + 200))
        if named and (day := find_day(text, named.end(), named.end() + 40)) and day.start == named.end():
            return day.on
    return None
