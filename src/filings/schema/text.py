"""Text, the same for every form: sections, their text in blocks, exhibits and signatures (tables.md 6.2)."""

from __future__ import annotations

from filings.schema.columns import Computed, Rule, bigint, date, flag, integer, rows, smallint, text

_START = "first byte in the document's content"
_END = "one past the last byte in the document's content"

section = rows(
    "section",
    "One row for each section of a textual document: a heading of the document's own, or a stretch without one.",
    [
        smallint("level", "1; 2 under another heading", at=Rule("form-6k-cover.md 9, and the form's own rules"), null="no"),
        text("kind", "cover, incorporation_by_reference, release, release_part, forward_looking_statements, contact, about, exhibit_index, signature, notice, contents, other; item for a numbered item of another form", at=Rule("form-6k-cover.md 9"), null="no"),
        text("item", "item number by the form's rules (1A, 2.02); NULL for a 6-K", at=Rule("edgar.md C.3, forms.md 16")),
        text("heading", "heading as filed, blanks collapsed; NULL for a stretch without one", at=Rule("form-6k-cover.md 9"), form="prose"),
        integer("character_count", "visible characters, blanks not counted", at=Computed("of its text"), null="no"),
        bigint("start_byte", _START, at=Computed("section 5")),
        bigint("end_byte", _END, at=Computed("section 5")),
    ],
)

text_block = rows(
    "text_block",
    "One row for each piece of a section's visible text, cut at paragraph ends, at most 32 KiB.",
    [
        integer("section_position", "section.position", at=Computed("the section it is cut from"), null="no"),
        text("text", "visible text: a line feed between lines, an empty line between paragraphs, a tab between table cells", at=Rule("form-6k-cover.md 3 and 9"), null="no", form="prose", compression="zstd"),
        integer("byte_count", "bytes of the text in UTF-8", at=Computed("of text"), null="no"),
        bigint("start_byte", _START, at=Computed("section 5")),
        bigint("end_byte", _END, at=Computed("section 5")),
    ],
)

exhibit = rows(
    "exhibit",
    "One row for each exhibit number that the main document lists, then one for each document of type EX- that no list names.",
    [
        text("number", "number of the exhibit, as 99.1", at=Rule("form-6k-cover.md 6"), null="no"),
        text("description", "description as filed", at=Rule("form-6k-cover.md 6"), form="prose"),
        text("href", "link target when it is a file of this submission", at=Rule("form-6k-cover.md 6")),
        integer("exhibit_document_position", "document.position of the exhibit", at=Rule("form-6k-cover.md 6")),
        text("document_type", "TYPE of that document", at=Computed("from document")),
        flag("is_listed", "false when no list names it", at=Computed("form-6k-cover.md 6"), null="no"),
        smallint("listed_times", "in how many lists it stands", at=Computed("form-6k-cover.md 6"), null="no"),
        flag("is_interactive_data", "numbers 101.* and 104, which have no document of their own", at=Computed("form-6k-cover.md 6"), null="no"),
        bigint("start_byte", _START, at=Computed("section 5")),
        bigint("end_byte", _END, at=Computed("section 5")),
    ],
)

signature = rows(
    "signature",
    "One row for each signer of the main document's signature block.",
    [
        text("registrant", "for whom, as filed", at=Rule("form-6k-cover.md 7"), form="prose"),
        text("signature_as_filed", "the signature, as /s/ Leo Lu or ___Mark A. Jenkins___", at=Rule("form-6k-cover.md 7"), form="prose"),
        flag("is_conformed_signature", "the signature has /s/", at=Rule("form-6k-cover.md 7")),
        text("name", "name of the signer", at=Rule("form-6k-cover.md 7"), form="prose"),
        text("title", "title of the signer", at=Rule("form-6k-cover.md 7"), form="prose"),
        text("place", "place of signing", at=Rule("form-6k-cover.md 7"), form="prose"),
        text("date_as_filed", "date of signing, as filed", at=Rule("form-6k-cover.md 7"), form="prose"),
        date("signed_on", "date of signing", at=Rule("form-6k-cover.md 7")),
        bigint("start_byte", _START, at=Computed("section 5")),
        bigint("end_byte", _END, at=Computed("section 5")),
    ],
)
