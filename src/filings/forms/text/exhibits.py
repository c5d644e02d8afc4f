"""Rows of ``exhibit``: what the lists name, and the documents that belong to it (form-6k-cover.md 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from filings.forms.family import Row
from filings.forms.text.exhibit_lists import ExhibitList
from filings.forms.text.exhibit_lists import Row as ListRow
from filings.forms.text.running import Running
from filings.parse.submission import Document

_INTERACTIVE = re.compile(r"10[14](?:\..*)?", re.IGNORECASE)
_FILE_NAME = re.compile(r"[^/\\?#:]{1,200}")


def listed(
    running: Running, lists: Sequence[ExhibitList], documents: Sequence[Document]
) -> Iterator[tuple[Row, tuple[int, int]]]:
    """One row a number, in the order of the first list; with the characters that state it (form-6k-cover.md 6).

    The same number in two lists is one row, its description from the index.
    """
    found: dict[str, list[tuple[ExhibitList, ListRow]]] = {}
    for each in lists:
        for row in each.rows:
            named = found.setdefault(_key(row.number), [])
            if not named or named[-1][0] is not each:
                named.append((each, row))
    by_order = _by_order(list(found), documents)
    for named in found.values():
        _, first = named[0]
        best = max(named, key=lambda held: (held[1].description is not None, held[0].is_index, held[0].has_heading))[1]
        href = next((link for _, row in named if (link := _href(running, row, documents))), None)
        document = (
            _document(first.number, href, documents)
            or by_order.get(first.number)
            or _of_bare_type(first.number, list(found), documents)
        )
        start, end = running.bytes_of(first.start, first.end)
        yield (
            {
                "number": first.number,
                "description": best.description,
                "href": href,
                "exhibit_document_position": document.position if document else None,
                "document_type": document.type if document else None,
                "is_listed": True,
                "listed_times": len(named),
                "is_interactive_data": _INTERACTIVE.fullmatch(first.number) is not None,
                "start_byte": start,
                "end_byte": end,
            },
            (first.start, first.end),
        )


def add_unlisted(rows: list[Row], documents: Sequence[Document], document_position: int) -> None:
    """A row for each document of type EX- that no list names, with the number from its type (form-6k-cover.md 6)."""
    taken = {row.get("exhibit_document_position") for row in rows}
    for document in documents:
        kind = (document.type or "").upper()
        if kind.startswith("EX-") and document.position not in taken:
            number = kind.removeprefix("EX-")
            rows.append(
                {
                    "position": len(rows) + 1,
                    "document_position": document_position,
                    "number": number,
                    "exhibit_document_position": document.position,
                    "document_type": document.type,
                    "is_listed": False,
                    "listed_times": 0,
                    "is_interactive_data": _INTERACTIVE.fullmatch(number) is not None,
                }
            )


def _key(number: str) -> str:
    return number.lower()


def _href(running: Running, row: ListRow, documents: Sequence[Document]) -> str | None:
    """The link in the row whose target is a file name of this submission; of a bare file any file name."""
    names = {document.filename for document in documents if document.filename}
    for number in range(running.line_at(row.start), running.line_at(max(row.end - 1, row.start)) + 1):
        base = running.starts[number]
        for link in running.lines[number].links:
            is_in_row = link.end + base > row.start and link.start + base < row.end
            if is_in_row and _FILE_NAME.fullmatch(link.href) and (link.href in names or not names):
                return link.href
    return None


def _by_order(numbers: Sequence[str], documents: Sequence[Document]) -> dict[str, Document]:
    """Lists that count 1, 2, 3 while the documents are EX-99.1, EX-99.2, EX-99.3 and no others: one stands for the other."""
    exhibits = {
        (document.type or "").upper(): document
        for document in documents
        if (document.type or "").upper().startswith("EX-99")
    }
    wanted = {number: f"EX-99.{number}" for number in numbers}
    if set(wanted.values()) != set(exhibits) or len(exhibits) != sum(
        (document.type or "").upper().startswith("EX-99") for document in documents
    ):
        return {}
    return {number: exhibits[kind] for number, kind in wanted.items()}


def _of_bare_type(number: str, numbers: Sequence[str], documents: Sequence[Document]) -> Document | None:
    """Filers of the 1990s give ``EX-99`` as the type of Exhibit 99.1: one such document, one such number in the lists."""
    kind = number.partition(".")[0]
    of_kind = [document for document in documents if _kind(document.type or "") == kind]
    of_number = [each for each in numbers if each.partition(".")[0] == kind]
    if len(of_kind) != 1 or len(of_number) != 1 or (of_kind[0].type or "").upper() != f"EX-{kind}":
        return None
    return of_kind[0]


def _kind(document_type: str) -> str:
    """``99`` of ``EX-99.1``."""
    return document_type.upper().removeprefix("EX-").partition(".")[0]


def _spelled(document_type: str) -> tuple[str, str]:
    """The number before the first point or bracket, and the letters and digits behind it: ``EX-12.(C)`` is ``12(c)``."""
    held = re.match(r"EX-(\d*)(.*)", document_type.upper(), re.DOTALL)
    return (held[1], re.sub(r"\W", "", held[2])) if held else ("", document_type)


def _document(number: str, href: str | None, documents: Sequence[Document]) -> Document | None:
    """The document whose TYPE is EX- and the number, else whose FILENAME is the link's; None where two are, or none."""
    by_type = [document for document in documents if (document.type or "").upper() == f"EX-{number.upper()}"]
    if len(by_type) == 1:
        return by_type[0]
    if not by_type:
        by_type = [document for document in documents if _spelled(document.type or "") == _spelled(f"EX-{number}")]
        if len(by_type) == 1:
            return by_type[0]
    by_name = [document for document in documents if href and document.filename == href]
    return by_name[0] if len(by_name) == 1 else None
