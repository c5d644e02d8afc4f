"""The signature block: where it begins and ends (form-6k-cover.md 7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from filings.forms.family import Row
from filings.forms.text.running import Running
from filings.forms.text.signers import LONGEST, Block, SignerReader

_CLAUSE = re.compile(
    r"pursuant\s+to\s+the\s+requirements?\s+of\s+(?:section\s+\d+(?:\s+or\s+15\s?\(d\))?\s+of\s+)?the\s+securities\s+(?:and\s+)?exchange\s+act\s+of"
    r"\s+1934(?P<named>[^|]{0,300}?)(?:has|have)\s+(?:each\s+)?(?:duly\s+)?caused[^|]{0,300}?authori[sz]ed",
    re.IGNORECASE,
)
_HEADING = re.compile(r"\W*signatures?\W*(?:page)?\W*", re.IGNORECASE)
_HEADING_LINES = 5
_MOST_LINES = 80
_MOST_CLAUSES = 12
"""Clauses that are read, from the last backwards; two are the most seen."""


class Odd(NamedTuple):
    """An issue about a signer: its code and column, and the characters `start` to `end` (half-open) that it is about."""

    code: str
    column: str
    start: int
    end: int


def signer_rows(running: Running, block: Block) -> Iterator[tuple[Row, list[Odd]]]:
    """The rows of ``signature`` of a block, without their positions, and what is odd about each (form-6k-cover.md 7)."""
    for signer in block.signers:
        start, end = running.bytes_of(signer.start, signer.end)
        on = signer.day.on if signer.day else None
        odd = []
        if signer.name is None:
            odd.append(Odd("signer_name_missing", "name", signer.start, signer.end))
        if on is None and signer.date_text:
            is_ambiguous = signer.day is not None and signer.day.is_ambiguous
            odd.append(Odd("date_ambiguous" if is_ambiguous else "signed_on_unparsed", "signed_on", *signer.date_at))
        row: Row = {
            "registrant": signer.registrant,
            "signature_as_filed": signer.signature,
            "is_conformed_signature": signer.is_conformed,
            "name": signer.name,
            "title": signer.title,
            "place": signer.place,
            "date_as_filed": signer.date_text,
            "signed_on": on,
            "start_byte": start,
            "end_byte": end,
        }
        yield row, odd


def signature_block(running: Running) -> Block | None:
    """The block that signs the report: the last clause, with the clauses that stand close before it (form-6k-cover.md 7).

    A contents table repeats the word *Signatures*, so the clause decides, and its heading is looked for above it.
    """
    clauses = list(_clauses(running.text))
    if not clauses:
        return None
    clauses = clauses[-_MOST_CLAUSES:]
    behind = [running.line_at(clause.start()) for clause in clauses[1:]] + [len(running.lines)]
    blocks = [_read_block(running, clause, limit) for clause, limit in zip(clauses, behind, strict=True)]
    block = blocks[-1]
    for before in reversed(blocks[:-1]):
        if before.last < block.first and _has_matter(running, before.last, block.first):
            break
        block = _together(before, block)
    return block


def _clauses(text: str) -> Iterator[re.Match[str]]:
    """Each clause; looked for from its first words, which are rare, so that the search stays linear."""
    at = 0
    while found := _CLAUSE.search(text, at):
        yield found
        at = found.end()


def _has_matter(running: Running, first: int, last: int) -> bool:
    """Something other than rulers, page numbers and a heading stands in these lines."""
    return any(
        running.lines[number].text
        and not running.is_furniture(number)
        and not _HEADING.fullmatch(running.lines[number].text)
        for number in range(first, last)
    )


def _together(before: Block, block: Block) -> Block:
    return Block(
        before.first,
        block.last,
        before.has_heading,
        [*before.signers, *block.signers],
        before.registrant or block.registrant,
        [*before.unread_dates, *block.unread_dates],
    )


def _read_block(running: Running, clause: re.Match[str], limit: int) -> Block:
    """The block of a clause, which ends before the line `limit` at the latest."""
    first = running.line_at(clause.start())
    block = Block(first, first + 1, has_heading=False)
    held = running.text[running.starts[first] : clause.start()]
    if _HEADING.fullmatch(held) and held.strip():
        block.has_heading = True
    else:
        for number in range(first - 1, max(first - 2 * _HEADING_LINES, -1), -1):
            if _HEADING.fullmatch(running.lines[number].text) and running.lines[number].text:
                block.first, block.has_heading = number, True
                break
            if running.lines[number].text and not running.is_furniture(number):
                break
    rest = _rest(running, clause.end())
    after = running.line_at(max(rest - 1, clause.start())) + 1
    block.last = after
    SignerReader(running, block, clause, rest).read(after, min(limit, after + _MOST_LINES))
    return block


def _rest(running: Running, start: int) -> int:
    """Where the clause's sentence ends: its line, and of plain text the lines up to a full stop."""
    line = running.line_at(start - 1)
    end = running.end_of(line)
    while (
        not running.text[start:end].rstrip().endswith((".", ":"))
        and line + 1 < len(running.lines)
        and running.lines[line + 1].text
        and not running.lines[line + 1].begins_paragraph
        and running.lines[line + 1].layout.strip() == running.lines[line + 1].text
        and end - start < LONGEST
    ):
        line += 1
        end = running.end_of(line)
    return end
