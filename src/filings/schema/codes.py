"""The codes of issues, statuses and reasons, each with the sentence that explains it (tables.md 7)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """What became of a version of a filing, in the ledger."""

    LOADED = "loaded"
    SUPERSEDED = "superseded"
    NO_FAMILY = "no_family"
    NOT_READABLE = "not_readable"
    QUARANTINED = "quarantined"


STATUSES: dict[Status, str] = {
    Status.LOADED: "Its rows, or its part of them, stand in the tables.",
    Status.SUPERSEDED: "Another version of the filing is chosen; the bytes are kept, no rows stand.",
    Status.NO_FAMILY: "Header and documents are loaded; nobody here reads the form.",
    Status.NOT_READABLE: "Header and documents are loaded; the family gave up.",
    Status.QUARANTINED: "The submission is damaged; what was readable is loaded.",
}

ISSUE_CODES: dict[str, str] = {
    "accession_differs": "Source and header name different accession numbers; the header wins.",
    "header_only": "The submission is a header without documents.",
    "header_missing": "Documents without a header: accession and form come from elsewhere.",
    "end_mark_missing": "The outer end mark is missing, but every document is closed.",
    "document_not_closed": "A document's end mark is missing before the next document; it was closed there.",
    "structure_doubtful": "The simple and the tolerant reading of the document marks differ.",
    "document_count_differs": "Documents found and documents stated differ by more than the usual surplus of 1–2 with XBRL.",
    "dialects_differ": "Two places of one header state the same fact differently; the first wins.",
    "header_value_repeated": "A field that should stand once stands again; the further values are in header_extra.",
    "item_caption_unknown": "An item caption is none that EDGAR is known to write, so its number is not known.",
    "state_code_unknown": "A state or country code is not in EDGAR's list.",
    "cik_missing": "A party has no CIK, or all zeros.",
    "size_differs": "The byte length differs from the size in the submissions JSON after one new request.",
    "encoding_guessed": "A byte fits none of the declared encodings; cp1252 or Latin-1 was taken.",
    "uuencode_damaged": "A uuencoded part lacks its end line, or a line is not uuencode; what could be decoded is kept.",
    "value_untyped": "The text cannot be read as the column's type; the column is NULL.",
    "digits_beyond_scale": "The number has more digits than the column keeps; the value is rounded half even, the text stands here.",
    "date_out_of_range": "A date that exists but cannot be meant (year 0203, later than filed); it is kept.",
    "code_unknown": "The code is not in the column's list; it is kept.",
    "cusip_invalid": "Not a CUSIP by length or check digit; the text is kept.",
    "lei_invalid": "Not a LEI; the text went to the column for other identifiers, where the family has one.",
    "value_missing": "A column that should not be empty is.",
    "value_repeated": "An element that should stand once stands again; the further ones are in xml_leaf.",
    "xml_not_well_formed": "The parser stopped; the family has no rows, the leaves before the error are in xml_leaf.",
    "row_count_differs": "Elements counted by name anywhere in the document and rows loaded differ (broken paths).",
    "document_form_type_differs": "The data document names another form type than the header.",
    "document_cik_differs": "The data document names another CIK than the header.",
    "second_data_document": "A second data document where the family has one; its leaves are in xml_leaf.",
    "styled_copy": "The document is EDGAR's HTML rendering, not the XML.",
    "footnote_missing": "A reference to a footnote that the document does not hold.",
    "entry_count_differs": "Rows loaded and entries stated on the summary page differ.",
    "value_total_differs": "Sum of the rows and total stated on the summary page differ.",
    "value_unit_by_prices": "The unit of value was decided by the filing's own prices against its date.",
    "value_unit_doubtful": "The filing's own prices look wrong for the unit its date gives; the date's unit was kept.",
    "manager_number_unknown": "A holding names a manager number that the list of included managers lacks.",
    "amendment_type_missing": "An amendment does not say whether it restates or adds.",
    "leaves_left_out": "The size guard stopped xml_leaf for this document; the count stands in the detail.",
    "form_type_differs": "Cover and envelope disagree on 6-K or 6-K/A.",
    "rule_citation_garbled": "The rule citation has a slip of the pen.",
    "period_missing": "No period on the cover.",
    "period_unparsed": "A period that cannot be read.",
    "period_day_in_month": "A day where only a month is asked.",
    "period_far_from_signature": "Period end and signing date differ by more than 100 days.",
    "file_number_differs": "Cover and header state different file numbers.",
    "registrant_missing": "No registrant's name found.",
    "address_missing": "Neither caption nor lines of an address.",
    "annual_report_form_unmarked": "Neither 20-F nor 40-F is ticked.",
    "annual_report_form_both": "Both are ticked.",
    "mark_not_text": "The mark is an image or an underline.",
    "twelve_g_unanswered": "The 12g3-2(b) question has no answer.",
    "twelve_g_both": "It has both answers.",
    "number_82_without_yes": "An 82- number without a tick at Yes.",
    "registration_number_missing": "A registration form is named without a number.",
    "exhibit_document_missing": "A listed exhibit has no document, or two.",
    "signature_missing": "No signature block.",
    "signer_name_missing": "A signature without a name.",
    "signed_on_unparsed": "A date of signature that cannot be read.",
    "date_ambiguous": "Day and month cannot be told apart.",
    "cover_end_unknown": "Neither question nor caption ends the cover; it was cut after 60 lines.",
    "dot_doubled": "A line begins with a doubled dot; in text the first was dropped only where the submission proves the doubling, by a line of uuencode or report.css.",
}
"""What a reader may see in one filing."""

REASONS: dict[Status, dict[str, str]] = {
    Status.QUARANTINED: {
        "cut_off": "A document is open at the end of the file, or the file ends inside the header. What was readable is loaded.",
        "tags_stripped": "Header labels without any mark of an envelope: a tool took the tags away.",
        "not_splittable": "Marks contradict each other so that the spans cannot tile the file.",
        "too_large": "Larger than 1 GiB, the most that is read.",
        "inflates_too_far": "A compressed or uuencoded part exceeds the guard when decoded.",
        "reader_failed": "A fault of ours: the traceback stands in the detail.",
        "check_failed": "An error check found the filing wrong; the rest of the batch was loaded.",
        "not_text": "Neither mark nor text: an archive, a binary, NULs.",
    },
    Status.NOT_READABLE: {
        "xml_not_well_formed": "See the issue of that name.",
        "xml_refused": "A document type declaration, entity, depth or text size that we do not accept.",
        "root_unknown": "Root element or namespace is none of the family's.",
        "data_document_missing": "The form should have a data document and has none.",
        "era_without_reader": "Filed before the form was XML; no text reader for it.",
    },
    Status.SUPERSEDED: {
        "damaged": "The chosen version is intact.",
        "header_only": "The chosen version has documents.",
        "older_dissemination": "The chosen version was disseminated later.",
        "tag_dialect": "The chosen version is in the text dialect.",
        "fewer_documents": "The chosen version has more documents.",
        "larger_sha256": "Nothing else decided.",
    },
}
"""Why a version has its status."""

LOGICAL_KEY = ("logical_key", "Is every (filing_id, position) there exactly once, without gaps?")
"""The check that is derived from the declarations, and so has no file in sql/checks: its name and what it asks."""


@dataclass(slots=True)
class Issue:
    """One value or place that is not as it should be: a row of `ops.issue`.

    `start` and `end` (half-open) are byte offsets in the content of the document, or in the raw version where
    `document_position` is None.
    """

    code: str
    table: str | None = None
    column: str | None = None
    position: int | None = None
    document_position: int | None = None
    text: str | None = None
    start: int | None = None
    end: int | None = None
    detail: str | None = None

    def __post_init__(self) -> None:
        if self.code not in ISSUE_CODES:
            raise ValueError(f"{self.code!r} is no issue code of tables.md 7")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a version is not simply loaded: a status, its reason code, and a sentence with the facts of this filing."""

    status: Status
    code: str
    detail: str

    def __post_init__(self) -> None:
        if self.code not in REASONS[self.status]:
            raise ValueError(f"{self.code!r} is no reason for {self.status}")
