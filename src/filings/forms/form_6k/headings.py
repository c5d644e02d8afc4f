"""Which lines are headings, and of which level (form-6k-cover.md 9)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from filings.forms.form_6k.contact_lines import is_contact_heading
from filings.forms.text import phrases
from filings.forms.text.days import find_day
from filings.forms.text.exhibit_lists import is_exhibit_heading
from filings.forms.text.running import Running
from filings.parse.text.line import CELL

_LONGEST_PLAIN = 120
_LONGEST_STYLED = 250
_MOST_WORDS = 12
_LETTER = re.compile(r"[^\W\d_]")
_LOWER = re.compile(r"[^\W\d_A-Z]")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_WIDE = re.compile(r"\S\s{3,}\S")
_LOGO = re.compile(r"\W*(?:[\w ]{0,40}\s)?logo(?:\s+(?:here|omitted))?\W*|\[[^\]]*\]", re.IGNORECASE)
_LABEL_LINE = re.compile(r"\W*(?:by|name|title|date[d]?|tel(?:ephone)?|e-?mail|fax|note)\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading on the lines `first` to `last` (half-open); `level` 1, or 2 under another."""

    first: int
    last: int
    text: str
    level: int = 1

    @property
    def is_known(self) -> bool:
        """One of the headings that count without style."""
        return is_known_heading(self.text)


def is_known_heading(text: str) -> bool:
    """Headings that count without style, as *Explanatory Note* or *Signatures* (form-6k-cover.md 9)."""
    if not 3 <= len(text) <= _LONGEST_PLAIN or text.endswith((",", ";")):
        return False
    return (
        phrases.KNOWN.fullmatch(text) is not None
        or phrases.INCORPORATION.fullmatch(text) is not None
        or phrases.SIGNATURES.fullmatch(text) is not None
        or is_exhibit_heading(text)
        or is_contact_heading(text)
        or (phrases.ABOUT.fullmatch(text) is not None and not text.endswith(".") and len(text.split()) <= _MOST_WORDS)
    )


def headings(running: Running, first: int, last: int) -> list[Heading]:
    """The headings of the lines `first` to `last` (half-open)."""
    found: list[Heading] = []
    has_bold = any(_is_styled(running, number) and running.lines[number].is_bold for number in range(first, last))
    number = first
    while number < last:
        if not is_heading(running, number):
            number += 1
            continue
        end = number + 1
        while end < last and end - number < 3 and _continues(running, number, end):
            end += 1
        held = running.filed(running.starts[number], running.end_of(end - 1))
        line = running.lines[number]
        is_second = has_bold and ((line.is_bold and line.is_italic) or (line.is_underlined and not line.is_bold))
        found.append(Heading(number, end, held, 2 if is_second else 1))
        number = end
    return found


def is_heading(running: Running, number: int) -> bool:
    """The line is a heading by its style, by its shape in plain text, or by its words (form-6k-cover.md 9)."""
    line = running.lines[number]
    text = line.text
    if not text or running.is_furniture(number) or len(text) > _LONGEST_STYLED or not _LETTER.search(text):
        return False
    if _LABEL_LINE.match(text) or _is_day(text) or _LOGO.fullmatch(text):
        return False
    if is_known_heading(text) and CELL not in text:
        return line.begins_paragraph or line.is_bold or running.is_plain
    return is_shaped(running, number) if running.is_plain else _is_styled(running, number)


def _is_day(text: str) -> bool:
    day = find_day(text) if len(text) < 40 else None
    return day is not None and not _LETTER.search(text[: day.start] + text[day.end :])


def _is_styled(running: Running, number: int) -> bool:
    """All of the line is bold, underlined, or inside ``h1`` to ``h6``, and it is no cell of a table with others."""
    line = running.lines[number]
    if not (line.is_bold or line.is_underlined or line.heading_level) or CELL in line.text:
        return False
    if line.links and line.is_underlined and not line.is_bold:
        return False  # a link is underlined by custom
    return line.table == 0 or not _shares_table(running, number)


def _shares_table(running: Running, number: int) -> bool:
    """Rows with several cells stand in the same table: the line heads a column, or is a cell of figures."""
    table = running.lines[number].table
    for step in (-1, 1):
        at = number + step
        while 0 <= at < len(running.lines) and running.lines[at].table == table and abs(at - number) < 40:
            if CELL in running.lines[at].text or running.lines[at].row == running.lines[number].row:
                return True
            at += step
    return False


def is_shaped(running: Running, number: int) -> bool:
    """By shape: a short line between blank ones, without a full stop, in capitals or Title Case (form-6k-cover.md 9).

    Two such lines without a blank between them are one heading.
    """
    if not has_shape(running, number):
        return False
    first, last = number, number + 1
    while number - first < 2 and first > 0 and running.lines[first - 1].text and not running.is_furniture(first - 1):
        first -= 1
    end = min(len(running.lines), number + 3)
    while last < end and running.lines[last].text and not running.is_furniture(last):
        last += 1
    return last - first <= 2 and all(has_shape(running, each) for each in range(first, last))


def has_shape(running: Running, number: int) -> bool:
    """The line alone has the shape of a heading of plain text."""
    line = running.lines[number]
    text = line.text
    if (
        not text
        or len(text) > _LONGEST_PLAIN
        or text.endswith((".", ","))
        or CELL in text
        or _WIDE.search(line.layout.strip())
    ):
        return False
    if not _LETTER.search(text) or running.is_furniture(number) or _is_day(text):
        return False
    if text.upper() == text:
        return True
    words = _WORD.findall(text)
    return (
        len(words) <= _MOST_WORDS
        and all(word[:1].isupper() for word in words if len(word) > 3)
        and any(len(word) > 3 for word in words)
    )


def _continues(running: Running, first: int, number: int) -> bool:
    """The line goes on with the heading that began on line `first`."""
    line = running.lines[number]
    if not is_heading(running, number) or is_known_heading(line.text) or is_known_heading(running.lines[first].text):
        return False
    if running.is_plain:
        return True
    return not line.begins_paragraph and (line.is_italic, line.is_bold) == (
        running.lines[first].is_italic,
        running.lines[first].is_bold,
    )
