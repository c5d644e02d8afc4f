"""What somebody wants: forms, companies, days. Parsed the same wherever it is asked for.

A form means its amendments, too: ``6-K`` is 6-K and 6-K/A; ``6-K/A`` is the amendments alone; `amendments` off leaves them
out. A star at the end stands for whatever follows: ``424B*``. Companies are CIKs, with or without zeros, or tickers. The
days are a `Span`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from filings.errors import UsageError
from filings.identifiers import cik as canonical_cik
from filings.span import Span, span

CUT = 10
"""Characters of a form type that daily form and company indexes keep (edgar.md D.2)."""

_EASTERN = ZoneInfo("America/New_York")
_TICKER = re.compile(r"[A-Z0-9][A-Z0-9.\-]{0,14}")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which filings: `forms` as asked for, upper case; `ciks` of 10 digits; `tickers` in upper case. Empty means all."""

    forms: tuple[str, ...] = ()
    ciks: tuple[str, ...] = ()
    tickers: tuple[str, ...] = ()
    amendments: bool = True

    def __bool__(self) -> bool:
        return bool(self.forms or self.ciks or self.tickers or not self.amendments)

    def is_like(self, other: Selection) -> bool:
        """Whether both take the same, in whatever order it was written."""
        both = ((self.forms, other.forms), (self.ciks, other.ciks), (self.tickers, other.tickers))
        return self.amendments == other.amendments and all(set(mine) == set(theirs) for mine, theirs in both)

    def condition(self, tickers: Iterable[str] = ()) -> tuple[str, list[object]]:
        """SQL over the columns `form_type` and `cik` of an index row, and its values; ``TRUE`` where all are wanted.

        `tickers` are the CIKs of the selection's tickers. A form type that the index may have cut off counts where its
        beginning is that of a form asked for: rather one filing too many than one too few.
        """
        parts: list[str] = []
        values: list[object] = []
        if self.forms:
            found, forms = self._form_condition()
            parts.append(found)
            values += forms
        if not self.amendments:
            parts.append("NOT ends_with(form_type, '/A')")
        if self.ciks or self.tickers:
            companies = sorted({*self.ciks, *tickers})
            parts.append(f"cik IN ({_marks(companies)})" if companies else "FALSE")
            values += companies
        return " AND ".join(parts) or "TRUE", values

    def _form_condition(self) -> tuple[str, list[object]]:
        exact: set[str] = set()
        beginnings: set[str] = set()
        for form in self.forms:
            if form.endswith("*"):
                beginnings.add(form[:-1])
                continue
            exact |= {form} if form.endswith("/A") else {form, f"{form}/A"}
        exact |= {form[:CUT].rstrip() for form in exact if len(form) > CUT}
        conditions = [f"form_type IN ({_marks(exact)})"] if exact else []
        values: list[object] = [*sorted(exact)]
        for beginning in sorted(beginnings):
            conditions.append("starts_with(form_type, ?)")
            values.append(beginning)
            if len(beginning) > CUT:
                conditions.append("form_type = ?")
                values.append(beginning[:CUT].rstrip())
        return f"({' OR '.join(conditions)})", values


def selection(
    forms: Iterable[str] = (), ciks: Iterable[str] = (), tickers: Iterable[str] = (), *, amendments: bool = True
) -> Selection:
    """A selection from words as people write them; each word may hold several, with commas. Raises UsageError."""
    return Selection(
        tuple(dict.fromkeys(_form(each) for each in _split(forms))),
        tuple(dict.fromkeys(_cik(each) for each in _split(ciks))),
        tuple(dict.fromkeys(_ticker(each) for each in _split(tickers))),
        amendments,
    )


def kept(forms: str, companies: str) -> Selection:
    """What scheduled runs keep complete, from the two settings: forms; companies by CIK or ticker. Raises UsageError."""
    words = _split([companies])
    ciks = [each for each in words if each.upper().removeprefix("CIK").isdigit()]
    return selection([forms], ciks, [each for each in words if each not in ciks])


def since(start: str, *, now: datetime | None = None) -> Span:
    """The days from the first of `start` to today, by New York's calendar, which is EDGAR's. Raises UsageError."""
    today = (now or datetime.now(_EASTERN)).astimezone(_EASTERN).date()
    return span(start, str(max(today, span(start).first)))


def _marks(values: Collection[str]) -> str:
    return ", ".join("?" * len(values))


def _split(words: Iterable[str]) -> list[str]:
    return [each.strip() for word in words for each in word.split(",") if each.strip()]


def _form(text: str) -> str:
    form = " ".join(text.upper().split())
    if "*" in form[:-1] or form == "*":
        raise UsageError(f"{text!r} is no form", "A star may stand at the end of a form alone, as 424B*.")
    return form


def _cik(text: str) -> str:
    found = canonical_cik(text.upper().removeprefix("CIK"))
    if not found:
        raise UsageError(
            f"{text!r} is no CIK", "A CIK is a number of up to 10 digits; a ticker is given with --ticker."
        )
    return found


def _ticker(text: str) -> str:
    ticker = text.upper().removeprefix("$")
    if not _TICKER.fullmatch(ticker):
        raise UsageError(f"{text!r} is no ticker", "A ticker is like AAPL or BRK-B; a CIK is given with --cik.")
    return ticker
