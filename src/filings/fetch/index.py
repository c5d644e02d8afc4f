"""Index files → rows: master, xbrl, company, form and crawler, daily and quarterly, in every layout held (edgar.md D).

Rows begin behind the line of dashes; the line of columns is broken over two in many daily files and is never read. The
fixed-width files are read from the right (file name, date, CIK), since a long name shifts what follows it.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from filings.errors import SourceError
from filings.identifiers import cik as canonical_cik
from filings.large import Bytes, pieces

_DASHES = re.compile(r"-{10,}\s*")
_TITLE = re.compile(r"Description:\s*(.*)")
_LAST = re.compile(r"Last Data Received:\s*(.*)")
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)")
_ACCESSION = re.compile(r"(?<!\d)\d{10}-\d\d-\d{6}(?!\d)")
_NAME_WIDTH = 62
_FORM_WIDTH = 12
_CIK_COLUMNS = (_NAME_WIDTH + 12, _NAME_WIDTH + 17)


class IndexRow(NamedTuple):
    """A line of an index. `cik` has 10 digits; `form_type`, `company_name` and `path` are as stated (form types are cut at

    10 characters in daily company and form files, D.2); `filed_on` is None where the text is no day.
    """

    accession_number: str
    cik: str
    form_type: str
    company_name: str
    filed_on: date | None
    path: str


@dataclass(frozen=True, slots=True)
class IndexFile:
    """What an index says: its title and last day as stated, each different row with how often it stands, in order.

    `unread` are the lines behind the dashes that are no rows; they are told, never dropped.
    """

    title: str
    last_received: str
    rows: dict[IndexRow, int]
    unread: tuple[str, ...]


def read_index(body: Bytes) -> IndexFile:
    """The rows of an index, plain or gzipped.

    Raises SourceError where it has no line of dashes, or its gzip stops early. An index without rows is right: a quarter
    begins so (D.1).
    """
    title = last = ""
    lines = _lines(body)
    for line in lines:
        if _DASHES.fullmatch(line):
            break
        if found := _TITLE.fullmatch(line.strip()):
            title = found[1]
        elif found := _LAST.fullmatch(line.strip()):
            last = found[1]
    else:
        raise SourceError("An index without its line of dashes", "It is cut off or something else; ask for it again.")
    rows: Counter[IndexRow] = Counter()
    unread: list[str] = []
    widths = _Widths(is_form_first="Form Type" in title and "Company Name" not in title)
    for line in lines:
        if line.strip():
            row = _of_pipes(line) or widths.row(line)
            if row:
                rows[row] += 1
            else:
                unread.append(line)
    return IndexFile(title, last, dict(rows), tuple(unread))


def _lines(body: Bytes) -> Iterator[str]:
    rest = b""
    for piece in unpacked(body):
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield _text(line)
    if rest:
        yield _text(rest)


def unpacked(body: Bytes) -> Iterator[bytes]:
    """The bytes of an index, plain or gzipped, piece by piece. Raises SourceError for a gzip that stops early."""
    if not body.startswith(b"\x1f\x8b"):
        yield from pieces(body)
        return
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        for piece in pieces(body, 1 << 18):
            yield inflate.decompress(piece)
    except zlib.error as error:
        raise SourceError(f"The gzip of an index is damaged: {error}", "Ask for it again.") from error
    if not inflate.eof:
        raise SourceError("The gzip of an index stops before its end", "Ask for it again.")


def _text(line: bytes) -> str:
    line = line.rstrip(b"\r")
    for encoding in ("utf-8", "cp1252"):  # two quarterly files are not UTF-8 (edgar.md J 15)
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")


def _of_pipes(line: str) -> IndexRow | None:
    """A row of a master index; a `|` in a name is recovered from the four fields around it (D.4)."""
    fields = line.split("|")
    if len(fields) < 5 or not fields[0].strip().isdecimal():
        return None
    return _row(fields[0], "|".join(fields[1:-3]), *fields[-3:])


def _row(cik: str, name: str, form: str, day: str, path: str) -> IndexRow | None:
    number, accession = canonical_cik(cik), _ACCESSION.search(path)
    if not number or not accession:
        return None
    return IndexRow(accession[0], number, form.strip(), name.strip(), _day(day.strip()), path.strip())


@lru_cache(maxsize=4096)
def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


class _Widths:
    """Rows of fixed width. Form types have 12 columns, 17 in a crawler file of 2025, whose heading still says 12."""

    def __init__(self, *, is_form_first: bool) -> None:
        self.is_form_first = is_form_first
        self.cik_column = _CIK_COLUMNS[0]

    def row(self, line: str) -> IndexRow | None:
        fields = line.rsplit(None, 3)
        if len(fields) < 4:
            return None
        left, cik, day, path = fields
        column = line.rindex(cik, 0, line.rindex(day, 0, line.rindex(path)))
        name, form = self._form_first(left) if self.is_form_first else self._name_first(left, column)
        return _row(cik, name, form, day, path)

    def _form_first(self, left: str) -> tuple[str, str]:
        if len(left) > _FORM_WIDTH and left[_FORM_WIDTH - 1] == " ":
            return left[_FORM_WIDTH:], left[:_FORM_WIDTH]
        form, _, name = left.partition("  ")  # a form type beyond its columns
        return name, form

    def _name_first(self, left: str, cik_column: int) -> tuple[str, str]:
        if cik_column in _CIK_COLUMNS and left[_NAME_WIDTH - 1 : _NAME_WIDTH] == " ":
            self.cik_column = cik_column  # a row in its columns tells how wide they are in this file
        # a name beyond its columns pushes everything to the right by as much
        end = _NAME_WIDTH + max(0, cik_column - self.cik_column)
        return left[:end], left[end:]
