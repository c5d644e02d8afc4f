"""Into which registration statements a report is incorporated (form-6k-cover.md 5), and whether it is only furnished (4.10)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from filings.forms.text.days import find_day
from filings.forms.text.running import Running
from filings.identifiers import accession, file_number

_PHRASE = re.compile(r"\bincorporat(?:e[sd]?|ing|ion)\s+(?:\w+\s+){0,2}?by\s+reference\b", re.IGNORECASE)
_HEREIN = re.compile(r"incorporat\w+\s+herein|by\s+reference\s+(?:herein|hereto|hereof)\b", re.IGNORECASE)
_INTO = re.compile(r"[^.;]{0,80}?\b(?:in|into|to|with)\b", re.IGNORECASE)
_REFUSAL = re.compile(r"\b(?:not|nor|neither|without|unless|except)\b[^.;]{0,80}$", re.IGNORECASE)
_GRANT = re.compile(r"\b(?:but|is|are|be)\s+hereby[^.;]{0,40}$", re.IGNORECASE)
_TARGET = re.compile(r"registration\s+statements?|prospectus(?:es)?|\bform\s+[FSN]-\d", re.IGNORECASE)
_SUBJECT = re.compile(
    r"\bthis\s+(?:current\s+|periodic\s+|interim\s+)?(?:report|form|6-?K|submission|document|filing|information|exhibit|press)|\breport\s+on\s+form\s*6-?K"
    r"|\bexhibits?\s+\(?\d|\bcontents?\s+of|\binformation|\bpress\s+releases?|\bfinancial\s+statements|\bhereby|\breports?\b|\bform\s+6-?K",
    re.IGNORECASE,
)
_FORM = re.compile(r"\bform[\s-]+(?P<form>[FSN]\s?-\s?\d{1,2})(?!\d)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\d-])(?P<number>(?:333|0?33|0?0?2)\s?-\s?\d{3,6}(?:-\d{2})?)(?![\d-])")
_FORM_BEHIND = re.compile(r"\s*\)?\s*,?\s*(?:,?\s*as\s+amended,?\s*)?on\s+$", re.IGNORECASE)
_BLANKET = re.compile(
    r"\b(?:all|any|each|every|its|the\s+compan(?:y|ies)'?s?|our|the\s+registrant's)\b[^.;]{0,80}?\bregistration\s+statements\b"
    r"|\b(?:all|any|each|every)\b[^.;]{0,80}?\bregistration\s+statement\b",
    re.IGNORECASE,
)
_EXHIBITS = re.compile(
    r"\bexhibits?\s*(?:nos?\.?\s*)?(?P<numbers>\(?\d{1,3}(?:\.\d{1,2})?\)?(?:(?:\s*,\s*|\s*,?\s*and\s+|\s*,?\s*or\s+|\s*&\s*|\s+to\s+)(?:exhibits?\s+)?\d{1,3}(?:\.\d{1,2})?)*)",
    re.IGNORECASE,
)
_EXHIBIT_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,2})?")
_EXHIBITS_FIRST = re.compile(
    r"\W*(?:accordingly,?\s+|and\s+|furthermore,?\s+)?(?:each\s+of\s+|both\s+(?:of\s+)?)?(?:the\s+)?(?:(?:entire\s+)?contents?\s+of\s+)?exhibits?\b",
    re.IGNORECASE,
)
_CONTENTS_LATER = re.compile(r"\bthe\s+contents?\s+of\s+exhibits?\b", re.IGNORECASE)
_REPORT_FIRST = re.compile(
    r"\W*(?:accordingly,?\s+|and\s+|furthermore,?\s+)?(?:(?:each\s+of\s+)?(?:this|the)\s+)?(?:(?:current|periodic|interim|foreign\s+private\s+issuer'?s?)\s+)*"
    r"(?:reports?|form\s*6-?K|document|filing|submission)\b",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\b(?:headings?|captions?|sections?|portions?|parts?|paragraphs?|tables?|pages?)\b|\binformation\s+(?:contained|set\s+forth|included|under)",
    re.IGNORECASE,
)
_DEEMED = re.compile(r"\bdeemed\s+(?:to\s+be\s+)?(?:\w+\s+(?:in,?\s+)?(?:and\s+)?)?incorporated", re.IGNORECASE)
_OF_NAME = re.compile(
    r"(?:registration\s+statements?|prospectus(?:es)?|\)|[FSN]-\d{1,2})\s*,?\s+(?:filed\s+by|of)\s+(?P<name>[A-Z][^()\n\x1f;]{1,90}?)"
    r"(?=\s+on\s+Form|\s+\(|\s*\)|\s+and\s+to\s+be|\s+filed|,\s+(?:as|and|to|filed|which)\b|\s*[.;]?\s*$|\.\s+[A-Z]|\s+and\s+(?:the|shall|to|its|in)\b)"
)
_FILED_ON = re.compile(r"\bfiled\b[^.;]{0,100}?\bon\s+(?=\S)", re.IGNORECASE)
_EFFECTIVE_ON = re.compile(r"\beffective\b(?:\s+(?:on|as\s+of))?\s+(?=\S)", re.IGNORECASE)
_SENTENCE = re.compile(r"[.;]\s+(?=[A-Z])")
_ACCESSION = re.compile(r"/(\d{18})(?:/|$)|(?<!\d)(\d{10}-\d{2}-\d{6})(?!\d)")
_LONGEST = 20_000
"""Characters of a paragraph that are looked at on either side of the words; the longest seen has 3,000."""

_FURNISHED = re.compile(
    r"\bnot\s+(?:be\s+)?(?:deemed|considered)\s+(?:to\s+be\s+|as\s+)?[\"',]{0,3}filed[\"',]{0,3}[^.;]{0,60}?\bsection\s+18\b"
    r"|\bfurnished\s+(?:and|but)\s+(?:is\s+|are\s+|shall\s+)?not\s+(?:be\s+)?(?:deemed\s+)?(?:to\s+be\s+)?[\"']?filed",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Incorporation:
    """One row of ``incorporation_by_reference``; `start` to `end` (half-open) is the paragraph in the running text."""

    start: int
    end: int
    line: int
    registration_form: str | None = None
    number_as_filed: str | None = None
    number: str | None = None
    scope: str = "report"
    exhibit_numbers: list[str] = field(default_factory=list)
    registrant_named: str | None = None
    is_deemed: bool = False
    is_blanket: bool = False
    filed_on: date | None = None
    effective_on: date | None = None
    href: str | None = None
    number_at: tuple[int, int] | None = None

    @property
    def accession_number(self) -> str | None:
        """The accession in the path of the link on the number."""
        found = _ACCESSION.search(self.href or "")
        return accession(found[1] or found[2]) if found else None


def furnished_not_filed(text: str) -> tuple[int, int] | None:
    """The words that the information is furnished and not deemed filed (form-6k-cover.md 4.10); None, never false."""
    found = _FURNISHED.search(text)
    return found.span() if found else None


def incorporations(running: Running, first: int, last: int) -> list[Incorporation]:
    """Rows of the paragraphs between the lines `first` and `last` (half-open) that incorporate this report.

    ``incorporated herein by reference`` brings something into the report, and ``nor shall it be deemed incorporated`` is
    a refusal: neither gives a row (form-6k-cover.md 5).
    """
    found: list[Incorporation] = []
    stop = running.start_of(last)
    for start, end in _paragraphs(running, running.start_of(first), stop):
        found += _of_paragraph(running, start, end)
    return found


def _paragraphs(running: Running, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The paragraphs that hold the words, each once."""
    done = start
    for found in _PHRASE.finditer(running.text, start, stop):
        if found.start() < done:
            continue
        first, last = running.paragraph(running.line_at(found.start()))
        done = running.end_of(last - 1)
        yield running.starts[first], done


def _of_paragraph(running: Running, start: int, end: int) -> Iterator[Incorporation]:
    text = running.text
    is_long = end - start > _LONGEST
    places = list(_PHRASE.finditer(text, start, end))
    for number, phrase in enumerate(places):
        begin = max(places[number - 1].end() if number else start, phrase.start() - _LONGEST)
        stop = min(places[number + 1].start() if number + 1 < len(places) else end, phrase.end() + _LONGEST)
        subject = _subject(text, begin, phrase.start())
        region = text[phrase.end() : stop]
        around = text[phrase.start() : phrase.end() + 10]
        if (
            _HEREIN.match(around)
            or not _INTO.match(region)
            or not _TARGET.search(region)
            or not _SUBJECT.search(subject)
        ):
            continue
        if _REFUSAL.search(subject) and not _GRANT.search(subject):
            continue
        if number + 1 < len(places):
            stop = _before_subject(text, phrase.end(), stop)
        # Of a paragraph that is half a book the sentence is enough.
        held = (max(begin, phrase.start() - 1_000), min(stop, phrase.end() + 1_000)) if is_long else (start, end)
        yield from _rows(running, held, subject, phrase.start(), phrase.end(), stop)


def _before_subject(text: str, start: int, stop: int) -> int:
    """Where another phrase follows, what stands before its sentence is this one's."""
    last = stop
    for found in _SENTENCE.finditer(text, start, stop):
        last = found.start() + 1
    return last


def _subject(text: str, start: int, end: int) -> str:
    """The words of the sentence before the phrase."""
    at = start
    for found in _SENTENCE.finditer(text, start, end):
        at = found.end()
    return text[at:end]


def _rows(
    running: Running, paragraph: tuple[int, int], subject: str, phrase: int, start: int, stop: int
) -> Iterator[Incorporation]:
    text = running.text
    scope, exhibits = _scope(subject)
    forms = list(_FORM.finditer(text, start, stop))
    numbers = list(_NUMBER.finditer(text, start, stop))
    common = {
        "start": paragraph[0],
        "end": paragraph[1],
        "line": running.line_at(phrase),
        "scope": scope,
        "is_deemed": _DEEMED.search(text, max(paragraph[0], phrase - 60), start) is not None,
    }
    named: set[str] = set()
    last_named: str | None = None
    for place, number in enumerate(numbers):
        form = _form_of(text, number, forms)
        behind = numbers[place + 1].start() if place + 1 < len(numbers) else stop
        row = Incorporation(**common, exhibit_numbers=list(exhibits))  # type: ignore[arg-type]
        row.registration_form = form
        row.number_as_filed = running.filed(*number.span("number")).replace(" ", "")
        row.number = file_number(re.sub(r"\s", "", number["number"]))
        row.number_at = number.span("number")
        row.href = _href(running, number.start("number"), number.end("number"))
        _described(running, row, start if not place else numbers[place - 1].end(), number.end(), behind, stop)
        if (
            row.registrant_named is None
            and place
            and not any(numbers[place - 1].end() <= f.start() < number.start() for f in forms)
        ):
            row.registrant_named = last_named  # one form, and its registrant, serve a list of numbers
        last_named = row.registrant_named
        named.add(form or "")
        yield row
    for found in forms:
        form = _spelled(found)
        if form not in named:
            named.add(form)
            row = Incorporation(**common, exhibit_numbers=list(exhibits), registration_form=form)  # type: ignore[arg-type]
            _described(running, row, start, found.end(), stop, stop)
            yield row
    if not numbers and not forms and _BLANKET.search(text, start, stop):
        row = Incorporation(**common, exhibit_numbers=list(exhibits), is_blanket=True)  # type: ignore[arg-type]
        yield row


def _spelled(form: re.Match[str]) -> str:
    return re.sub(r"\s", "", form["form"]).upper()


def _form_of(text: str, number: re.Match[str], forms: Sequence[re.Match[str]]) -> str | None:
    """The nearest form before the number, or the one right behind it: ``No. 333-100251 on Form F-3``."""
    for form in forms:
        if form.start() > number.end() and _FORM_BEHIND.fullmatch(text, number.end(), form.start()):
            return _spelled(form)
    before = [form for form in forms if form.end() <= number.start()]
    after = [form for form in forms if form.start() >= number.end()]
    return _spelled(before[-1]) if before else _spelled(after[0]) if after else None


def _scope(subject: str) -> tuple[str, list[str]]:
    """Report, exhibits or part, by what the sentence begins with, and the numbers of the exhibits."""
    numbers: list[str] = []
    for found in _EXHIBITS.finditer(subject):
        numbers += [number for number in _EXHIBIT_NUMBER.findall(found["numbers"]) if number not in numbers]
    if _EXHIBITS_FIRST.match(subject) and numbers:
        return "exhibits", numbers
    if _REPORT_FIRST.match(subject):
        return "report", []
    if numbers and _CONTENTS_LATER.search(subject):
        return "exhibits", numbers
    if _PART.search(subject) or numbers:
        return "part", numbers
    return "report", []


def _described(running: Running, row: Incorporation, start: int, number_end: int, behind: int, stop: int) -> None:
    """Whose statement it is, when it was filed and became effective, where the words say so."""
    text = running.text
    for begin, end in ((number_end - 1, behind), (start, number_end)):
        if row.registrant_named is None and (named := _OF_NAME.search(running.as_filed, begin, end)):
            name = " ".join(named["name"].split()).rstrip(",")
            if not name.lower().startswith(("the company", "the registrant", "the issuer", "form ")):
                row.registrant_named = name
    for begin, end in ((start, number_end), (number_end, behind)):
        if (
            row.filed_on is None
            and (filed := _FILED_ON.search(text, begin, end))
            and (day := find_day(text, filed.end(), filed.end() + 30))
        ):
            row.filed_on = day.on if day.start == filed.end() else None
        if row.effective_on is None and (effective := _EFFECTIVE_ON.search(text, begin, end)):
            day = find_day(text, effective.end(), effective.end() + 30)
            row.effective_on = day.on if day and day.start == effective.end() else None


def _href(running: Running, start: int, end: int) -> str | None:
    """The link that lies on the number (form-6k-cover.md 5)."""
    line = running.line_at(start)
    base = running.starts[line]
    for link in running.lines[line].links:
        if link.start + base < end and link.end + base > start:
            return link.href
    return None
