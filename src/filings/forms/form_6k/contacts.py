"""Whom to ask about a release (form-6k-cover.md 8)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from filings.forms.form_6k.contact_lines import (
    EMAIL,
    FAX,
    is_contact_heading,
    is_organisation,
    is_person,
    kind_of,
    telephone,
)
from filings.forms.text import phrases
from filings.forms.text.companies import is_company
from filings.forms.text.running import Piece, Running
from filings.forms.text.titles import is_title, split_title

_MOST_LINES = 60
_LONGEST = 160
_END = re.compile(
    r"\W*(?:end|ends|\#{1,5}|- ?end ?-|notes?(?:\s+to\s+editors?)?|disclaimer|source\b.*|view\s+source\b.*)\W*",
    re.IGNORECASE,
)
_LABELS = re.compile(
    r"(?<![A-Za-z])(?:e-?mail|email|tel(?:ephone)?|phone|mobile|contact|web(?:site)?|attn|attention)\s*(?:no|number)?\s?[.:]*\s*",
    re.IGNORECASE,
)
_WEB = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_PARTS = re.compile(r"\s*[|/;•·]\s*|\s[–—-]\s|,?\s*\n")
_INLINE = re.compile(
    r"\W*(?P<heading>(?:(?:press|media|investors?|analysts?|company|corporate)\s*(?:relations|and|&|/)?\s*)*(?:contacts?|enquiries|inquiries|relations)?)\s*:\s*(?P<rest>\S.*)",
    re.IGNORECASE,
)
_KINDS = re.compile(
    r"\W*(?:(?:investors?|analysts?|media|press|shareholders?|relations|enquiries|inquiries|contacts?|and|for|the)\b[\s,/&]*)+\W*",
    re.IGNORECASE,
)
_DEPARTMENT = re.compile(
    r"(?:investor|public|media|press|corporate)\s+(?:relations|communications?|affairs)", re.IGNORECASE
)
_BRACKETED = re.compile(r"\s*\([^()]{1,20}\)")


@dataclass(slots=True)
class Contact:
    """A row of ``press_contact``, with characters `start` to `end` (half-open) of the running text."""

    kind: str
    start: int
    end: int
    name: str | None = None
    title: str | None = None
    organisation: str | None = None
    phone: str | None = None
    email: str | None = None

    @property
    def can_be_asked(self) -> bool:
        """It has a name, a phone or an e-mail address; otherwise it is no row."""
        return bool(self.name or self.phone or self.email)

    @property
    def is_reached(self) -> bool:
        """A phone or an e-mail address stands in it."""
        return bool(self.phone or self.email)


def notices(running: Running, first: int, last: int) -> Contact | None:
    """The person authorized to receive notices, on the cover: name, then organisation (form-6k-cover.md 8)."""
    pieces = list(running.pieces(first, last))
    if not pieces or not is_person(pieces[0].text):
        return None
    found = Contact("notices", pieces[0].start, pieces[-1].end, name=_filed(running, pieces[0]))
    for piece in pieces[1:]:
        found.email = found.email or _email(piece.text)
        if found.organisation is None and (is_company(piece.text) or is_organisation(piece.text)):
            found.organisation = _filed(running, piece)
        elif found.title is None and is_title(piece.text):
            found.title = _filed(running, piece)
    return found


def contacts(running: Running, first: int, last: int, skip: range) -> list[Contact]:
    """The contacts in the lines `first` to `last` (half-open), without the lines `skip` (the signature block)."""
    found: list[Contact] = []
    number = first
    while number < last:
        text = running.lines[number].text
        if number in skip or len(text) > _LONGEST or not text:
            number += 1
            continue
        inline = _inline(running, number)
        if not inline and not is_contact_heading(text):
            number += 1
            continue
        end = _end(running, number + 1, last, skip)
        people = list(_people(running, number, end))
        found += people
        number = max(end, number + 1)
    return found


def contact_region(running: Running, number: int) -> bool:
    """A line that opens contacts: its section is one of contacts (form-6k-cover.md 9)."""
    return is_contact_heading(running.lines[number].text) or _inline(running, number) is not None


def _inline(running: Running, number: int) -> re.Match[str] | None:
    """``Contact: Jane Doe, +1 212 555 0100``: heading and contact on one line."""
    text = running.text[running.starts[number] : running.end_of(number)]
    if len(text) > _LONGEST or ":" not in text:
        return None
    found = _INLINE.fullmatch(text)
    return (
        found
        if found
        and found["heading"].strip()
        and (EMAIL.search(text) or telephone(found["rest"]) or is_person(found["rest"]))
        else None
    )


def _end(running: Running, start: int, last: int, skip: range) -> int:
    """Contacts end at the next heading, at what a company says of itself, at prose, or at the signature."""
    for number in range(start, min(last, start + _MOST_LINES)):
        text = running.lines[number].text
        if number in skip:
            return number
        if not text:
            continue
        if len(text) > 4 * _LONGEST or (len(text) > _LONGEST and not EMAIL.search(text)):
            return number
        if _END.fullmatch(text) or phrases.SIGNATURES.fullmatch(text) or phrases.KNOWN.fullmatch(text):
            return number
        if phrases.ABOUT.fullmatch(text) and not EMAIL.search(text):
            return number
        if phrases.FORWARD_LOOKING.search(text) or phrases.CONTENTS.fullmatch(text):
            return number
    return min(last, start + _MOST_LINES)


def _people(running: Running, first: int, last: int) -> Iterator[Contact]:
    """The people and offices, parted at blank lines and at a name behind a phone or an e-mail address."""
    heading = general = kind_of(running.lines[first].text)
    current: Contact | None = None
    is_open = False
    for piece, has_gap in _entries(running, first, last):
        text = _filed(running, piece)
        if piece.line == first:
            inline = _inline(running, first)
            if not inline:
                continue
            text = text[-len(inline["rest"]) :]
        elif _is_sub_heading(text, current):
            if current and current.can_be_asked:
                yield current
            current, heading = None, kind_of(text) or general
            continue
        elif (inline := _INLINE.fullmatch(text)) and kind_of(inline["heading"]):
            if current and current.can_be_asked:
                yield current  # ``Investors: Jane Doe, Vice President``
            current, heading, text = None, kind_of(inline["heading"]), inline["rest"]
        read = _read(text)
        is_new = _begins_contact(read, current, is_open=is_open) or (
            has_gap and current is not None and current.is_reached
        )
        if current is not None and is_new:
            if current.can_be_asked:
                yield current
            current = None
        current = current or Contact("", piece.start, piece.end)
        _merge(current, read, piece)
        current.kind = _kind(current, heading, general)
        is_open = text.rstrip().endswith(",") or (is_open and read.name is None and read.organisation is None)
    if current and current.can_be_asked:
        yield current


def _entries(running: Running, first: int, last: int) -> Iterator[tuple[Piece, bool]]:
    """The pieces in the order of reading, and whether a blank line stands before; cells that list names beside cells
    that list numbers are read pair by pair."""
    has_gap = False
    number = first
    while number < last:
        line = running.lines[number]
        if not line.text:
            has_gap = True
            number += 1
            continue
        end = number + 1
        while (
            line.table and end < last and (running.lines[end].table, running.lines[end].row) == (line.table, line.row)
        ):
            end += 1
        pieces = list(running.pieces(number, end, columns=True))
        for piece in _paired(running, pieces) if end - number > 1 else pieces:
            yield piece, has_gap
            has_gap = False
        number = end


def _paired(running: Running, pieces: list[Piece]) -> list[Piece]:
    """Of a row with two cells of several lines: name, number, name, number; matched from the last line upwards."""
    cells: dict[int, list[Piece]] = {}
    for piece in pieces:
        columns = running.lines[piece.line].columns
        cells.setdefault(columns[piece.column] if piece.column < len(columns) else piece.column, []).append(piece)
    if len(cells) != 2:
        return pieces
    names, numbers = (cells[column] for column in sorted(cells))
    if len(numbers) > len(names) or not all(_is_reach(piece.text) for piece in numbers):
        return pieces
    lead = len(names) - len(numbers)
    pairs = [piece for pair in zip(names[lead:], numbers, strict=True) for piece in pair]
    return [*names[:lead], *pairs]


def _is_reach(text: str) -> bool:
    return telephone(text) is not None or EMAIL.search(text) is not None


def _is_sub_heading(text: str, current: Contact | None) -> bool:
    """A heading within the contacts: ``DDC Investor Relations & Media Relations:``, or ``Media`` alone."""
    if _is_reach(text):
        return False
    if is_contact_heading(text) and text.rstrip().endswith(":"):
        return True
    return _KINDS.fullmatch(text) is not None and (current is None or current.is_reached or not current.name)


def _begins_contact(read: Contact, current: Contact | None, *, is_open: bool) -> bool:
    """A name, or an office with a way to reach it, behind one that is complete; not after a comma."""
    if current is None:
        return False
    if read.name is not None:
        return current.is_reached or current.name is not None
    return read.organisation is not None and current.is_reached and not is_open


def _kind(contact: Contact, heading: str | None, general: str | None) -> str:
    """From the organisation where it says so, else from the heading; press where neither does."""
    own = kind_of(contact.organisation or "") or kind_of(contact.title or "")
    if own in ("press", "media"):
        return "media" if "media" in (own, heading, general) else "press"
    return own or heading or "press"


def _merge(contact: Contact, read: Contact, piece: Piece) -> None:
    contact.end = max(contact.end, piece.end)
    if read.organisation and (contact.name or read.name) and _DEPARTMENT.fullmatch(read.organisation):
        read.title, read.organisation = read.title or read.organisation, None  # a person's, not an office of its own
    for column in ("name", "title", "organisation", "phone", "email"):
        if getattr(contact, column) is None and getattr(read, column) is not None:
            setattr(contact, column, getattr(read, column))


def _read(text: str) -> Contact:
    """What one line says: name, title, organisation, telephone, e-mail address."""
    found = Contact("", 0, 0)
    rest = text
    if email := EMAIL.search(rest):
        found.email = email.group().rstrip(".")
        rest = rest[: email.start()] + " | " + rest[email.end() :]
    if fax := FAX.search(rest):
        rest = rest[: fax.start()]
    if phone := telephone(rest):
        found.phone = " ".join(phone["number"].split()).strip()
        rest = rest[: phone.start()] + " | " + rest[phone.end() :]
    rest = _WEB.sub("", _LABELS.sub(" ", rest))
    for part in _PARTS.split(rest):
        _put_words(found, _BRACKETED.sub("", part).strip(" :,.;()"))  # ``Fran Butera (US)``
    return found


def _put_words(found: Contact, words: str) -> None:
    if not words or not any(map(str.isalpha, words)) or len(words) < 3:
        return
    head, comma, rest = words.partition(",")
    name, title = split_title(words)
    if comma and title is None and is_person(head) and not is_company(words):
        found.name = found.name or head  # ``Jane Doe, Investor Relations``
        _put_words(found, rest.strip())
    elif title and is_person(name):
        found.name, found.title = found.name or name, found.title or title
    elif is_title(words) and not is_company(words):
        found.title = found.title or words
    elif is_organisation(words) or is_company(words):
        found.organisation = found.organisation or words
    elif is_person(words):
        found.name = found.name or words


def _email(text: str) -> str | None:
    found = EMAIL.search(text)
    return found.group() if found else None


def _filed(running: Running, piece: Piece) -> str:
    return running.filed(piece.start, piece.end)
