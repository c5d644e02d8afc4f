"""The questions of the cover and their answers (form-6k-cover.md 4.7, 4.8, 4.9)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from filings.forms.form_6k.marks import Answer, read_answer
from filings.identifiers import file_number

_CHECK = r"indicate\s+by\s+(?:a\s+)?check[\s-]*mark"
_ANNUAL = re.compile(
    rf"{_CHECK}\s+whether[^?]{{1,60}}?files?\s+or\s+will\s+file[^?]{{1,60}}?under(?:\s+the)?\s+cover"
    r"(?:\s+of)?\s+(?:form\s*)?20\s*-?\s*F\s?-?\s*(?:or|and|/|,)\s*(?:form\s*)?40\s*-?\s*F\s?-?",
    re.IGNORECASE,
)
_PAPER = re.compile(
    rf"{_CHECK}\s+(?:if|whether)[^?]{{1,120}}?in\s+paper[^?]{{1,120}}?101\s*\(b\)\s*\((?P<which>[17])\)", re.IGNORECASE
)
_NOTE = re.compile(r"note\s*:?\s*regulation\s+s-?t\s+rule\s*101\s*\(b\)\s*\([17]\)", re.IGNORECASE)
_TWELVE_G = re.compile(
    rf"{_CHECK}\s+whether[^?]{{1,200}}?furnishing\s+the\s+information[^?]{{1,120}}?12\s*g\s*[\d\s-]{{1,8}}\(b\)"
    r"(?:[\s,]+(?:of|under)\s+the\s+securities\s+(?:and\s+)?exchange\s+act\s+of\s+1934)?",
    re.IGNORECASE,
)
_IF_YES = re.compile(
    r"if\s+[\"']{0,2}yes[\"',]{0,3}\s*(?:is|was)\s+marked,?\s+(?:please\s+)?indicated?\s+below[^?]{1,160}?12\s*g\s*[\d\s-]{1,8}\(b\)",
    re.IGNORECASE,
)
_NUMBER_82 = re.compile(
    r"[\s:.]*(?P<filed>82(?:\s?[-–:][ \x1f]*|[ \x1f]+|(?=[)\]\s.])|$)"
    r"(?:(?P<number>\d{1,6})(?![\d-])|n\s?/\s?a\b\.?|not\s+applicable\b|[_.]{2,})?"
    r"|n\s?/\s?a\b\.?|not\s+applicable\b|[_.]{2,})",
    re.IGNORECASE,
)
_IMAGE = re.compile(rb"<img\b", re.IGNORECASE)
_UNDERLINED_LABEL = re.compile(
    rb"<u\b[^>]{0,200}>\s{0,20}(?:<[^>]{1,300}>\s{0,20}){0,4}(?:form|yes|no)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Question:
    """The sentence of a question, in characters `start` to `end` (half-open), and its answer."""

    start: int
    end: int
    answer: Answer

    @property
    def answer_end(self) -> int:
        """Where question and answer are over."""
        return max(self.end, self.answer.end)


def annual_report_form(text: str, limit: int) -> Question | None:
    """The question on Form 20-F or 40-F, and the pair of labels that answers it (form-6k-cover.md 4.7).

    The pair inside the sentence is the question's own: ``under cover of Form 20-F or Form 40-F``. Never a default.
    """
    found = _ANNUAL.search(text, 0, limit)
    if not found:
        return None
    return Question(found.start(), found.end(), read_answer(text, found.end(), ("20-F", "40-F")))


def paper(text: str, limit: int) -> Iterator[tuple[str, Question]]:
    """``1`` or ``7``, and the question on paper copies under Rule 101(b) with its answer (form-6k-cover.md 4.8)."""
    met = set()
    for found in _PAPER.finditer(text, 0, limit):
        if found["which"] not in met:
            met.add(found["which"])
            answer = read_answer(text, found.end(), ("yes", "no"))
            yield found["which"], Question(found.start(), found.end(), answer)


def paper_value(answer: Answer) -> bool | None:
    """Asked and unmarked is false; a pair of labels without a mark, and ``N/A``, say nothing (form-6k-cover.md 4.8)."""
    if answer.labels:
        if len(answer.ticked) == 1:
            return "yes" in answer.ticked
        return answer.labels == ("yes",) if len(answer.labels) == 1 and not answer.marks else None
    if "nothing" in answer.marks:
        return None
    return "ticked" in answer.marks


def notes(text: str, limit: int) -> list[int]:
    """Where the form's notes on Rule 101(b) begin: they are part of the cover (form-6k-cover.md 4.8)."""
    return [found.start() for found in _NOTE.finditer(text, 0, limit)]


def twelve_g(text: str, limit: int) -> Question | None:
    """The question on Rule 12g3-2(b) and its answer (form-6k-cover.md 4.9)."""
    found = _TWELVE_G.search(text, 0, limit)
    if not found:
        return None
    return Question(found.start(), found.end(), read_answer(text, found.end(), ("yes", "no")))


@dataclass(frozen=True, slots=True)
class Number82:
    """What stands for the 82- number, in characters `start` to `end` (half-open); `number` is canonical, None if blank."""

    sentence: int
    start: int
    end: int
    number: str | None


def number_82(text: str, limit: int) -> Number82 | None:
    """The number asked for where Yes is marked (form-6k-cover.md 4.9).

    ``82- ________``, ``82-``, ``N/A`` and nothing are blank; the answer may stand on the next line.
    """
    asked = _IF_YES.search(text, 0, limit)
    if not asked:
        return None
    found = _NUMBER_82.match(text, asked.end())
    if not found:
        return Number82(asked.start(), asked.end(), asked.end(), None)
    number = file_number(f"82-{found['number']}") if found["number"] else None
    return Number82(asked.start(), found.start("filed"), found.end("filed"), number)


def is_drawn(content: bytes) -> bool:
    """An image, or an underlined label, stands for the mark in these bytes (form-6k-cover.md 4.7)."""
    return bool(_IMAGE.search(content) or _UNDERLINED_LABEL.search(content))
