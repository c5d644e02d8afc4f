"""From the documents of a submission to the rows of Form 6-K (form-6k-cover.md, tables.md 6.2 and 6.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from filings.forms.family import FamilyReading, HeaderFacts, ReadLines, Row
from filings.forms.form_6k.contacts import Contact, contacts, notices
from filings.forms.form_6k.cover import Cover, Noted, Value, put_file_numbers, read_cover
from filings.forms.form_6k.file_numbers import commission_file_numbers, number_behind_82
from filings.forms.form_6k.incorporation import Incorporation, furnished_not_filed, incorporations
from filings.forms.form_6k.releases import Release, release
from filings.forms.form_6k.sections import sections
from filings.forms.form_6k.title import amended_report, form_of_bare
from filings.forms.text import exhibits as exhibit_rows
from filings.forms.text.exhibit_lists import ExhibitList, exhibit_lists
from filings.forms.text.reading import LARGEST, rows_of, visible_characters
from filings.forms.text.running import Running
from filings.forms.text.signatures import signature_block, signer_rows
from filings.forms.text.signers import Block
from filings.parse import content
from filings.parse.submission import Document
from filings.parse.text.line import Line
from filings.parse.text.reader import is_html
from filings.parse.text.reader import lines as read_lines
from filings.schema.codes import Issue

VERSION = 1
"""Rises by hand when rows would differ."""
FORMS = ("6-K", "6-K/A")
"""Form types that this reader reads."""
_FAR_DAYS = 100
"""Days between period and signature from which they contradict each other (form-6k-cover.md 4.3)."""
_TEXT_LIMIT = 4_096


@dataclass(frozen=True, slots=True)
class Place:
    """The bytes, half-open in the document's content, that state a value of a row."""

    table: str
    position: int
    column: str
    document_position: int
    start: int
    end: int


@dataclass(slots=True)
class Reading6K(FamilyReading):
    """What the family gives; for each value of ``report_6k`` where it stands (`places`); and by `document.position` the
    sections of the 6-K documents and the lines that they count, for the tables of text (`text_rows`)."""

    places: list[Place] = field(default_factory=list)
    lines: dict[int, Sequence[Line]] = field(default_factory=dict)

    def text_rows(
        self, document_position: int, sections_before: int = 0, blocks_before: int = 0
    ) -> dict[str, list[Row]]:
        """The rows of ``section`` and ``text_block`` of one of the 6-K documents; their positions go on from those before."""
        found = self.sections[document_position]
        return rows_of(document_position, self.lines[document_position], found, sections_before, blocks_before)


def read(
    documents: Sequence[Document],
    form_type: str | None,
    header: HeaderFacts | None,
    lines: ReadLines | None = None,
) -> Reading6K:
    """Read a submission's 6-K documents, and the contacts in its EX-99 documents.

    `form_type` is the filing's; without one, a document of no TYPE is a 6-K when its first lines say so. `lines` gives the
    lines of a document, where somebody has read them already. Never raises on what documents hold; linear in their length.
    """
    reading = Reading6K()
    give = lines or document_lines
    reports = [document for document in documents if _is_report(document, form_type, give)]
    for document in reports:
        _Report(reading, document, form_type, header, documents, give).read()
    if reports:
        exhibit_rows.add_unlisted(reading.rows.setdefault("exhibit", []), documents, reports[0].position)
    for document in documents:
        if document not in reports and (document.type or "").upper().startswith("EX-99") and _is_words(document):
            running = _running(document, give)
            found = contacts(running, 0, len(running.lines), range(0))
            _put_contacts(reading, running, document.position, found)
    reading.rows = {table: rows for table, rows in reading.rows.items() if rows}
    return reading


def document_lines(document: Document) -> Sequence[Line]:
    """The lines of a document's content, in the encoding that its bytes have."""
    held = bytes(document.content)
    return read_lines(held, content.encoding(held)[0] or "ascii")


def form_on_cover(document: Document) -> str | None:
    """6-K or 6-K/A, where a bare document says that it is one (form-6k-cover.md 3)."""
    found = form_of_bare(_running(document, document_lines)) if _is_words(document) else None
    return None if found is None else "6-K/A" if found.is_amendment else "6-K"


def _running(document: Document, give: ReadLines) -> Running:
    return Running(give(document), is_plain=not is_html(bytes(document.content)))


def _is_words(document: Document) -> bool:
    return document.length <= LARGEST and content.kind(document.content) in ("text", "html", "xml")


def _spelled(form_type: str | None) -> str:
    return " ".join((form_type or "").upper().split())


def _is_report(document: Document, form_type: str | None, give: ReadLines) -> bool:
    kind = _spelled(document.type)
    if kind or not _is_words(document):
        return kind in FORMS and _is_words(document)
    return _spelled(form_type) in FORMS or form_of_bare(_running(document, give)) is not None


class _Report:
    """Reads one 6-K document into a reading."""

    def __init__(
        self,
        reading: Reading6K,
        document: Document,
        form_type: str | None,
        header: HeaderFacts | None,
        documents: Sequence[Document],
        give: ReadLines,
    ) -> None:
        self.reading, self.document, self.documents = reading, document, documents
        self.header = header
        kind, form = _spelled(document.type), _spelled(form_type)
        self.envelope_type = kind if kind in FORMS else form if form in FORMS else None
        self.running = _running(document, give)
        self.content = bytes(document.content)

    def read(self) -> None:
        """Signature first, since it tells the registrant; then the cover, and what stands between."""
        running, header = self.running, self.header or HeaderFacts()
        block = signature_block(running)
        body_start = running.starts[block.first] if block else None
        signer = block.registrant if block else None
        cover = read_cover(running, self.content, header.names, signer, body_start)
        lists = list(self._lists(cover, block))
        last = len(running.lines)
        granted = incorporations(running, 0, last)
        found = self._release(cover, block, lists, granted)
        self._report_row(cover, block, found)
        self._file_number_differs(cover)
        self._incorporations(granted)
        self._exhibits(lists)
        self._signatures(cover, block)
        skip = range(block.first, block.last) if block else range(0)
        people = [] if cover.notices is None else [notices(running, *cover.notices)]
        people += contacts(running, cover.end_line, last, skip)
        _put_contacts(self.reading, running, self.document.position, [each for each in people if each])
        position = self.document.position
        self.reading.sections[position] = sections(running, cover.end_line, lists, block, granted, found)
        self.reading.lines[position] = running.lines

    def _lists(self, cover: Cover, block: Block | None) -> Iterator[ExhibitList]:
        running = self.running
        stop = block.first if block else len(running.lines)
        yield from exhibit_lists(running, 0, stop, cover.end_line)
        if block:
            yield from exhibit_lists(running, block.last, len(running.lines), 0)

    def _release(
        self, cover: Cover, block: Block | None, lists: Sequence[ExhibitList], granted: Sequence[Incorporation]
    ) -> Release | None:
        """In the body before the signature, else in what goes on behind it (form-6k-cover.md 8)."""
        running = self.running
        taken = {number for each in lists for number in range(each.first, each.last)}
        for start, end in {(row.start, row.end) for row in granted}:
            taken |= set(range(running.line_at(start), running.line_at(end) + 1))
        name = cover.values.get("registrant_name")
        registrant = str(name.value) if name else None
        stop = block.first if block else len(running.lines)
        body = [number for number in range(cover.end_line, stop) if number not in taken]
        found = release(running, body, registrant)
        if found is None and block:
            behind = [number for number in range(block.last, len(running.lines)) if number not in taken]
            found = release(running, behind, registrant)
        return found

    def _report_row(self, cover: Cover, block: Block | None, found: Release | None) -> None:
        running, values = self.running, cover.values
        cover_type = None
        if amended := values.pop("is_amendment", None):
            cover_type = "6-K/A" if amended.value else "6-K"
        form_type = self.envelope_type or cover_type or "6-K"
        self._file_numbers(cover, block)
        row: Row = {"form_type": form_type, "is_amendment": form_type == "6-K/A", "period_kind": "none"}
        if form_type == "6-K/A" and (on := amended_report(running.text, self._cover_end(cover), len(running.text))):
            row["amends_report_on"] = on
        if furnished := furnished_not_filed(running.text):
            values["furnished_not_filed"] = Value(True, *furnished)
        if found:
            _put_release(running, values, found)
        row |= {column: value.value for column, value in values.items() if value.value is not None}
        row["cover_end_byte"] = running.bytes_of(0, self._cover_end(cover))[1]
        row["character_count"] = visible_characters(running.lines)
        position = self._add("report_6k", row)
        for column, value in values.items():
            if value.end > value.start:
                start, end = running.bytes_of(value.start, value.end)
                self.reading.places.append(Place("report_6k", position, column, self.document.position, start, end))
        for noted in cover.issues:
            self._issue("report_6k", position, noted)
        if self.envelope_type and cover_type and self.envelope_type != cover_type:
            form = values["form_as_filed"]
            detail = f"the envelope says {self.envelope_type}"
            self._issue("report_6k", position, Noted("form_type_differs", "form_type", form.start, form.end, detail))

    def _cover_end(self, cover: Cover) -> int:
        running = self.running
        return running.end_of(cover.end_line - 1) if cover.end_line and running.lines else 0

    def _file_numbers(self, cover: Cover, block: Block | None) -> None:
        """On the cover, else in the signature block, else behind the 82- number (form-6k-cover.md 4.4)."""
        running = self.running
        found = commission_file_numbers(running.unruled, 0, self._cover_end(cover))
        if not found and block:
            found = commission_file_numbers(running.unruled, running.starts[block.first], running.start_of(block.last))
        if not found and (number := cover.values.get("file_number_82_as_filed")):
            behind = number_behind_82(running.unruled, number.end, number.end + 80)
            found = [behind] if behind else []
        put_file_numbers(running, cover, found)

    def _file_number_differs(self, cover: Cover) -> None:
        number = cover.values.get("commission_file_number")
        stated = set(self.header.file_numbers) if self.header else set()
        if number and number.value and stated and number.value not in stated:
            detail = f"the header says {', '.join(sorted(stated))}"
            noted = Noted("file_number_differs", "commission_file_number", number.start, number.end, detail)
            self._issue("report_6k", len(self.reading.rows["report_6k"]), noted)

    def _incorporations(self, granted: Sequence[Incorporation]) -> None:
        running = self.running
        for each in granted:
            start, end = running.bytes_of(each.start, each.end)
            position = self._add(
                "incorporation_by_reference",
                {
                    "registration_form": each.registration_form,
                    "file_number_as_filed": each.number_as_filed,
                    "file_number": each.number,
                    "scope": each.scope,
                    "exhibit_numbers": each.exhibit_numbers or None,
                    "registrant_named": each.registrant_named,
                    "is_deemed": each.is_deemed,
                    "is_blanket": each.is_blanket,
                    "registration_filed_on": each.filed_on,
                    "registration_effective_on": each.effective_on,
                    "href": each.href,
                    "registration_accession_number": each.accession_number,
                    "sentence": running.filed(each.start, each.end),
                    "start_byte": start,
                    "end_byte": end,
                },
            )
            if each.number_as_filed is None and not each.is_blanket:
                noted = Noted("registration_number_missing", "file_number", each.start, each.end)
                self._issue("incorporation_by_reference", position, noted)

    def _exhibits(self, lists: Sequence[ExhibitList]) -> None:
        known = [document for document in self.documents if document is not self.document]
        for row, at in exhibit_rows.listed(self.running, lists, known):
            position = self._add("exhibit", row)
            lacks = row.get("exhibit_document_position") is None and not row["is_interactive_data"]
            if lacks and self.header is not None:
                self._issue("exhibit", position, Noted("exhibit_document_missing", "exhibit_document_position", *at))

    def _signatures(self, cover: Cover, block: Block | None) -> None:
        running = self.running
        if block is None or not block.signers:
            self._issue("signature", None, Noted("signature_missing", None, 0, 0))
            return
        for row, odd in signer_rows(running, block):
            position = self._add("signature", row)
            for each in odd:
                self._issue("signature", position, Noted(*each))
        signed_on = next((signer.day.on for signer in block.signers if signer.day and signer.day.on), None)
        period_end = cover.values.get("period_end_on")
        if signed_on and period_end and period_end.value:
            apart = abs((signed_on - period_end.value).days)  # type: ignore[operator]
            if apart > _FAR_DAYS:
                place = (period_end.start, period_end.end)
                detail = f"signed on {signed_on}, {apart} days apart"
                noted = Noted("period_far_from_signature", "period_end_on", *place, detail)
                self._issue("report_6k", len(self.reading.rows["report_6k"]), noted)

    def _add(self, table: str, row: Row) -> int:
        return _add(self.reading, table, self.document.position, row)

    def _issue(self, table: str, position: int | None, noted: Noted) -> None:
        start, end = self.running.bytes_of(noted.start, noted.end) if noted.end > noted.start else (None, None)
        text = self.running.filed(noted.start, noted.end)[:_TEXT_LIMIT] or None
        document = self.document.position
        self.reading.issues.append(
            Issue(noted.code, table, noted.column, position, document, text, start, end, noted.detail)
        )


def _put_release(running: Running, values: dict[str, Value], found: Release) -> None:
    if found.headline:
        values["release_headline"] = Value(running.filed(*found.headline), *found.headline)
    if found.date_line:
        values["release_date_line"] = Value(running.filed(*found.date_line), *found.date_line)
    if found.day:
        values["release_date_on"] = Value(found.on, found.day.start, found.day.end)
    if found.place:
        values["release_place"] = Value(running.filed(*found.place), *found.place)


def _put_contacts(reading: Reading6K, running: Running, document_position: int, found: Sequence[Contact]) -> None:
    for each in found:
        start, end = running.bytes_of(each.start, each.end)
        row: Row = {
            "kind": each.kind,
            "name": each.name,
            "title": each.title,
            "organisation": each.organisation,
            "phone": each.phone,
            "email": each.email,
            "start_byte": start,
            "end_byte": end,
        }
        _add(reading, "press_contact", document_position, row)


def _add(reading: Reading6K, table: str, document_position: int, row: Row) -> int:
    rows = reading.rows.setdefault(table, [])
    position = len(rows) + 1
    held = {name: value for name, value in row.items() if value is not None}
    rows.append({"position": position, "document_position": document_position, **held})
    return position
