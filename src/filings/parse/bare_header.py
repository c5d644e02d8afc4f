"""A header that lost its marks: label or tag lines with no line that opens them (edgar.md B.5, tables.md 7)."""

from __future__ import annotations

import re
from typing import NamedTuple

from filings.large import Bytes
from filings.parse.lines import each_line, next_text

_NAMED = re.compile(rb"ACCESSION[ -]NUMBER[:>]")
_ACCESSION = re.compile(rb"(?:(ACCESSION NUMBER:)|<ACCESSION-NUMBER>)")
_FORM = re.compile(rb"[\r\n][ \t]*(?:CONFORMED SUBMISSION TYPE:|<TYPE>)")
_LINE = re.compile(rb"(?:\][ \t]*)?(?:[A-Z0-9][A-Z0-9 /&().,'#-]*:|</?[A-Z][A-Z0-9_-]*>)|\]?$")
_MARKUP = re.compile(rb"</?(?:HTML|HEAD|BODY|TITLE|TABLE|PAGE|DOCUMENT|TEXT|P|DIV|FONT|B|CENTER|PRE)>")
_DISSEMINATED = re.compile(rb"^[^\r\n]*\S : (\d{8})[ \t]*\r?$", re.MULTILINE)
_REACH = 4096
"""Bytes from the start of a file within which the accession number of such a header stands."""


class BareHeader(NamedTuple):
    """Where the header's lines lie, and whether they are in the tag dialect."""

    start: int
    end: int
    is_tags: bool


def find(raw: Bytes, start: int, end: int) -> BareHeader | None:
    """The header whose lines begin near `start`: it names an accession number and a form, and ends with its lines.

    None where the stretch begins otherwise. A last line without its end belongs to the header: it is cut.
    """
    near = min(end, start + _REACH)
    named = _NAMED.search(raw[start:near])
    behind = start + named.end() if named else near
    if not named or not _FORM.search(raw[behind : min(end, behind + _REACH)]):
        return None
    begin, stop, accession = start, end, None
    for at, after in each_line(raw, start, end):
        line = raw[at : min(after, at + _REACH)].strip()
        if accession is None:
            accession = _ACCESSION.match(line)
        is_header = _LINE.match(line) and not _MARKUP.match(line)
        if is_header or (accession and after == end and raw[after - 1 : after] not in (b"\n", b"\r")):
            continue
        if accession:
            stop = at
            break
        if after > near:
            return None
        begin = after
    if accession is None:
        return None
    return BareHeader(next_text(raw, begin, stop) if begin == start else begin, stop, accession[1] is None)


def disseminated(raw: Bytes, start: int, end: int) -> str | None:
    """The date behind `` : `` on a wrapper line whose mark is gone."""
    found = _DISSEMINATED.search(raw[start:end])
    return found[1].decode() if found else None


def is_tag_dialect(header: bytes) -> bool:
    """The header is in the tag dialect: its accession number is a tag and no label.

    The first line alone does not tell: ``<ACCEPTANCE-DATETIME>`` stands first in both dialects.
    """
    label, tag = header.find(b"ACCESSION NUMBER:"), header.find(b"<ACCESSION-NUMBER>")
    if label < 0 and tag < 0:
        return header[next_text(header, 0) :].startswith(b"<")
    return label < 0 or 0 <= tag < label
