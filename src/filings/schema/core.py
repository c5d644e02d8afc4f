"""The core: what the header and the envelope of any filing say, and what no column claims (tables.md 6.1, 6.6)."""

from __future__ import annotations

from filings.schema.columns import (
    Computed,
    Header,
    Ours,
    Rule,
    Xml,
    bigint,
    date,
    flag,
    instant,
    integer,
    one_row,
    rows,
    text,
    texts,
    wall_clock,
)

filing = one_row(
    "filing",
    "One row for each filing (submission), whatever its form.",
    [
        text("accession_number", "accession number with dashes; NULL for a filing that no header and no EDGAR source names", at=Header(("ACCESSION NUMBER",), "ACCESSION-NUMBER", "the first one; else the EDGAR path, URL or archive member (tables.md 1)"), form="accession"),
        text("form_type", "form type as stated, upper case, one blank, with /A", at=Header(("CONFORMED SUBMISSION TYPE",), "TYPE", "else by rule edgar.md B.6, B.8, form-6k-cover.md 4.1")),
        text("form_type_basis", "where form_type is stated: header, document_type (TYPE of the first document), cover, caller", at=Computed("from where form_type was taken")),
        integer("document_count_stated", "documents the header announces; may exceed the blocks by 1–2 where there is XBRL", at=Header(("PUBLIC DOCUMENT COUNT",), "PUBLIC-DOCUMENT-COUNT")),
        integer("document_count", "documents found", at=Computed("rows of document"), null="no"),
        date("filed_on", "filing date", at=Header(("FILED AS OF DATE",), "FILING-DATE")),
        wall_clock("accepted_at_eastern", "acceptance as stated, Eastern wall clock", at=Header((), "ACCEPTANCE-DATETIME", "without it another version's (tables.md 2)")),
        instant("accepted_at", "acceptance in UTC; of the hour that comes twice in autumn the first is taken", at=Computed("from accepted_at_eastern, America/New_York")),
        date("period_of_report", "period end, event date or earliest transaction, by form", at=Header(("CONFORMED PERIOD OF REPORT",), "PERIOD")),
        date("period_start_on", "start of the period", at=Header(("PERIOD START",), "PERIOD-START")),
        date("effective_on", "effectiveness date", at=Header(("EFFECTIVENESS DATE",), "EFFECTIVENESS-DATE")),
        date("header_changed_on", "day of the last change of the header; not the filing date", at=Header(("DATE AS OF CHANGE",), "DATE-OF-FILING-DATE-CHANGE")),
        date("disseminated_on", "dissemination or re-dissemination day", at=Header((), None, "date behind ` : ` on the wrapper line; in an archive without one, the archive's day")),
        date("public_release_on", "day of release of a filing withheld at first", at=Header((), "PUBLIC-REL-DATE")),
        date("received_on", "day of receipt (paper and staff documents)", at=Header(("RECEIVED DATE", "RECIEVED DATE"), "RECEIVED-DATE")),
        date("action_on", "day of the action (staff actions)", at=Header(("ACTION DATE",), "ACTION-DATE")),
        wall_clock("correction_at", "dissemination time of a correction, as stated, zone not stated", at=Header((), "TIMESTAMP")),
        instant("available_at", "when the public could have it, never too early; available_at_basis names the evidence; as-of questions use this", at=Computed("rule of tables.md 4"), null="no"),
        text("available_at_basis", "evidence for available_at: acceptance, release_date, dissemination_line, first_daily_index, feed_entry, filed_date, first_seen", at=Computed("rule of tables.md 4"), null="no"),
        instant("first_seen_at", "when we first saw any version of it", at=Ours("least seen_at of ops.observation"), null="no"),
        texts("exchanges_stated", "exchanges, 1990s (NASD, NYSE)", at=Header(("SROS",), "SROS", "repeats")),
        flag("is_confirming_copy", "confirming copy of a paper filing; flags are NULL only without a header", at=Header(("CONFIRMING COPY",), "CONFIRMING-COPY")),
        flag("is_private_to_public", "was not public at first and was released later", at=Header((), "PRIVATE-TO-PUBLIC")),
        flag("is_paper", "stub of a paper filing", at=Header((), "PAPER")),
        flag("is_correction", "header of a post-acceptance correction", at=Header((), "CORRECTION")),
        flag("is_deletion", "a correction that deletes the filing; rows stay", at=Header((), "DELETION")),
        text("previous_accession_number", "filing amended", at=Header((), "PREVIOUS-ACCESSION-NUMBER"), form="accession"),
        text("withdrawn_accession_number", "filing withdrawn", at=Header(("WITHDRAWN ACCESSION NUMBER",), "WITHDRAWN-ACCESSION-NUMBER"), form="accession"),
        text("depositor_cik", "CIK of the depositor of an ABS, 10 digits", at=Header((), "DEPOSITOR-CIK"), form="cik"),
        text("sponsor_cik", "CIK of the sponsor of an ABS, 10 digits", at=Header((), "SPONSOR-CIK"), form="cik"),
        text("abs_asset_class", "asset class of an ABS, as Auto loans", at=Header(("ABS ASSET CLASS",), "ABS-ASSET-CLASS")),
        text("abs_sub_asset_class", "finer asset class of an ABS", at=Header(("ABS SUB ASSET CLASS",), "ABS-SUB-ASSET-CLASS")),
        text("abs_rule", "rule under which an ABS is filed, as RULE-15GA2", at=Header(("ABS RULE",), "ABS-RULE")),
        flag("is_registered_entity", "the securitizer is registered (ABS-15G)", at=Header(("REGISTERED ENTITY",), "REGISTERED-ENTITY")),
        text("file_number_as_filed", "file number of the submission itself (staff documents)", at=Header(("FILE NUMBER",), "FILE-NUMBER", "outside any party")),
        text("file_number", "the file number in one form: 3 digits, at least 5, a suffix of 2 or more (1-3950 is 001-03950)", at=Computed("from file_number_as_filed")),
        text("film_number", "film number of the submission itself (staff documents)", at=Header(("FILM NUMBER",), "FILM-NUMBER", "outside any party")),
        text("envelope", "outer form of the file: sec_document, ims_document, submission, header_text, header_tags, documents, bare", at=Computed("outer form, edgar.md B"), null="no"),
        flag("is_pem", "wrapped in a PEM message", at=Computed("first line, edgar.md B.1"), null="no"),
        flag("has_header", "a header was found", at=Computed("edgar.md B"), null="no"),
        text("raw_sha256", "sha256 of the version whose header stands here", at=Ours("ops.observation"), null="no"),
        text("source", "URL, archive and member, or file name of that version", at=Ours("ops.observation, the least name (byte order) among that version's"), null="no"),
    ],
)

filing_party = rows(
    "filing_party",
    "One row for each party block of the header, in the order of the header; one company with two file numbers is two rows.",
    [
        text("role", "filer, issuer, reporting_owner, subject_company, filed_by, filed_for, serial_company, depositor, securitizer, underwriter, issuing_entity; another section name in the same shape", at=Header((), None, "the role's own label or tag, edgar.md C.4"), null="no"),
        flag("is_owner_data", "the block says OWNER DATA", at=Header(("OWNER DATA",), "OWNER-DATA")),
        text("cik", "CIK of the party, 10 digits", at=Header(("CENTRAL INDEX KEY",), "CIK"), form="cik"),
        text("conformed_name", "name of the party; persons LAST FIRST MIDDLE", at=Header(("COMPANY CONFORMED NAME",), "CONFORMED-NAME")),
        text("sic_code", "standard industrial classification, 4 digits; 0000 and empty are NULL", at=Header(("STANDARD INDUSTRIAL CLASSIFICATION",), "ASSIGNED-SIC", "in the brackets")),
        text("sic_name", "name of that industry; text dialect only", at=Header(("STANDARD INDUSTRIAL CLASSIFICATION",), None, "before the brackets")),
        text("organization", "SEC office (04 Manufacturing)", at=Header(("ORGANIZATION NAME",), "ORGANIZATION-NAME")),
        text("irs_number", "employer identification number as stated; 000000000 is NULL", at=Header(("EIN", "IRS NUMBER"), "IRS-NUMBER")),
        text("state_of_incorporation", "state or country, EDGAR code, not ISO", at=Header(("STATE OF INCORPORATION",), "STATE-OF-INCORPORATION")),
        text("fiscal_year_end", "end of the fiscal year at filing, MMDD as stated", at=Header(("FISCAL YEAR END",), "FISCAL-YEAR-END")),
        text("relationship", "relation of the owner to the issuer, on Forms 3, 4, 5 of the 1990s", at=Header((), "RELATIONSHIP")),
        text("form_type", "form type in this role; may differ from the filing's", at=Header(("FORM TYPE",), "FORM-TYPE")),
        text("act", "act under which it is filed: 33, 34, 39, 40, DF, NE in both dialects (1934 Act → 34)", at=Header(("SEC ACT",), "ACT")),
        text("file_number_as_filed", "SEC file number of the party in this role, as stated", at=Header(("SEC FILE NUMBER",), "FILE-NUMBER")),
        text("file_number", "the file number in one form: 3 digits, at least 5, a suffix of 2 or more (1-3950 is 001-03950)", at=Computed("from file_number_as_filed")),
        text("film_number", "film number of the party in this role, as stated", at=Header(("FILM NUMBER",), "FILM-NUMBER")),
        flag("is_deletion", "a correction removes this file number", at=Header((), "DELETION", "inside FILING-VALUES")),
    ],
)

party_address = rows(
    "party_address",
    "One row for each address block of a party.",
    [
        integer("party_position", "filing_party.position", at=Computed("the block it stands in"), null="no"),
        text("kind", "business or mail", at=Header(("BUSINESS ADDRESS", "MAIL ADDRESS"), "BUSINESS-ADDRESS, MAIL-ADDRESS"), null="no"),
        text("street1", "first line of the street", at=Header(("STREET 1",), "STREET1")),
        text("street2", "second line of the street", at=Header(("STREET 2",), "STREET2")),
        text("city", "city as stated", at=Header(("CITY",), "CITY")),
        text("state_code", "state or country, EDGAR code, not ISO", at=Header(("STATE",), "STATE")),
        text("zip_code", "postcode as stated", at=Header(("ZIP",), "ZIP")),
        text("phone", "telephone as stated; business addresses only", at=Header(("BUSINESS PHONE",), "PHONE")),
        flag("is_non_us_location", "the address is outside the United States; since 2025", at=Header(("ADDRESS IS A NON US LOCATION",), None)),
        text("province_country", "province or country abroad, EDGAR code", at=Header(("PROVINCE COUNTRY",), None)),
        text("non_us_state_territory", "state or territory abroad, as stated", at=Header(("NON US STATE TERRITORY",), None)),
    ],
)

party_former_name = rows(
    "party_former_name",
    "One row for each former name of a party, as listed (newest first).",
    [
        integer("party_position", "filing_party.position", at=Computed("the block it stands in"), null="no"),
        text("name", "former conformed name", at=Header(("FORMER CONFORMED NAME",), "FORMER-CONFORMED-NAME")),
        date("changed_on", "day of the change; 19920703 and 19xx0101 may be placeholders of EDGAR", at=Header(("DATE OF NAME CHANGE",), "DATE-CHANGED")),
    ],
)

group_member = rows(
    "group_member",
    "One row for each group member named in a 13D/13G/TO header.",
    [
        text("name", "name as stated", at=Header(("GROUP MEMBERS",), "GROUP-MEMBERS"), null="no"),
    ],
)

filing_item = rows(
    "filing_item",
    "One row for each item line of the header.",
    [
        text("item", "item number (2.02, 5, 06b)", at=Header((), "ITEMS", "from the caption by rule edgar.md C.3")),
        text("caption", "caption as stated; where only the number is stated, the caption that EDGAR writes for it, NULL where that is unknown", at=Header(("ITEM INFORMATION",), None)),
    ],
)

filing_series = rows(
    "filing_series",
    "One row for each SERIES block, wherever it stands in the series and classes part.",
    [
        text("kind", "new, new_classes, existing, acquiring, target", at=Header((), None, "the block it stands in, edgar.md C.2"), null="no"),
        integer("merger_position", "filing_merger.position, for acquiring and target", at=Computed("the block it stands in")),
        text("owner_cik", "CIK of the fund that owns the series, 10 digits", at=Header((), "OWNER-CIK"), form="cik"),
        text("series_id", "EDGAR's number of the series: S and 9 digits", at=Header((), "SERIES-ID")),
        text("name", "name of the series", at=Header((), "SERIES-NAME")),
    ],
)

filing_class = rows(
    "filing_class",
    "One row for each CLASS-CONTRACT block.",
    [
        integer("series_position", "filing_series.position", at=Computed("the block it stands in")),
        text("class_id", "EDGAR's number of the class: C and 9 digits", at=Header((), "CLASS-CONTRACT-ID")),
        text("name", "name of the class or contract", at=Header((), "CLASS-CONTRACT-NAME")),
        text("ticker", "ticker of the class as stated", at=Header((), "CLASS-CONTRACT-TICKER-SYMBOL")),
    ],
)

filing_merger = rows(
    "filing_merger",
    "One row for each ACQUIRING-DATA or TARGET-DATA block of a MERGER.",
    [
        integer("merger_number", "1, 2 …: which MERGER block", at=Computed("order of the blocks"), null="no"),
        text("side", "acquiring or target", at=Header((), "ACQUIRING-DATA, TARGET-DATA"), null="no"),
        text("cik", "10 digits", at=Header((), "CIK", "in that block"), form="cik"),
    ],
)

filing_reference = rows(
    "filing_reference",
    "One row for each other filing or file number that the header names.",
    [
        text("kind", "public_reference, other_accession, rule_429, rule_462b", at=Header((), None, "which label, edgar.md C.2"), null="no"),
        text("accession_number", "accession number named", at=Header(("PUBLIC REFERENCE ACCESSION NUMBER",), "PUBLIC-REFERENCE-ACC", "ACCESSION NUMBER inside <MULTI-ACCESSION-NUMBERS>"), form="accession"),
        text("file_number_as_filed", "file number named, as stated", at=Header((), "REFERENCES-429, REFERENCE-462B")),
        text("file_number", "the file number in one form: 3 digits, at least 5, a suffix of 2 or more (1-3950 is 001-03950)", at=Computed("from file_number_as_filed")),
    ],
)

header_extra = rows(
    "header_extra",
    "One row for each header value that has no column: unknown labels, a few known ones that are too rare for one, and second values of a field that should stand once.",
    [
        integer("party_position", "filing_party.position where it stands inside a party", at=Computed("the block it stands in")),
        text("section_path", "enclosing sections, outermost first, joined by /", at=Header((), None, "labels or tags as stated")),
        integer("level", "depth: 0 is the submission", at=Computed("length of section_path"), null="no"),
        text("label", "label or tag as stated", at=Header((), None, "the line"), null="no"),
        text("value", "value as stated", at=Header((), None, "the line")),
    ],
)

document = rows(
    "document",
    "One row for each document of the submission; position is its ordinal in the file, and document_position is the same number, so that every table joins USING (filing_id, document_position).",
    [
        text("raw_sha256", "sha256 of the version that holds it; differs from filing.raw_sha256 under a header-only correction", at=Ours("ops.observation"), null="no"),
        integer("sequence", "number of the document as stated; never a key", at=Header((), "SEQUENCE", "of the document")),
        text("type", "type of the document as stated", at=Header((), "TYPE", "of the document")),
        text("filename", "name of the file as stated; hostile, a label only", at=Header((), "FILENAME", "of the document")),
        text("description", "description as stated", at=Header((), "DESCRIPTION", "of the document")),
        bigint("byte_offset", "first byte of the content's place in the raw version", at=Computed("edgar.md B.9"), null="no"),
        bigint("byte_length", "its length there, before anything is undone", at=Computed("edgar.md B.9"), null="no"),
        bigint("content_length", "bytes of the content: what stands between <TEXT> and </TEXT> without an inner wrapper, PEM undone", at=Computed("edgar.md B.9"), null="no"),
        text("sha256", "sha256 of the content", at=Computed("edgar.md B.9"), null="no"),
        integer("joined_lines", "PEM files: lines of 1,023 bytes that were joined again", at=Computed("edgar.md B.1")),
        text("inner_wrapper", "tag around the content: PDF, XML, XBRL", at=Computed("edgar.md B.9")),
        text("kind", "by first bytes: html, xml, text, pdf, jpeg, gif, png, zip, json, css, javascript, other", at=Computed("content; of a uuencoded one the decoded bytes"), null="no"),
        text("encoding", "ascii, utf-8, cp1252, latin-1, or the one the XML declares; NULL for binaries", at=Computed("edgar.md B.11")),
        flag("is_uuencoded", "the body is uuencoded", at=Computed("edgar.md B.10"), null="no"),
        bigint("decoded_length", "bytes after uudecoding", at=Computed("edgar.md B.10")),
        text("decoded_sha256", "sha256 of those bytes", at=Computed("edgar.md B.10")),
        flag("is_main", "the main document", at=Rule("edgar.md B.9"), null="no"),
        flag("is_cut_off", "open at the end of the file", at=Computed("edgar.md A.5"), null="no"),
    ],
)
document.columns["document_position"].nullable = False  # here it is the row's own number (tables.md 6.1)

xml_leaf = rows(
    "xml_leaf",
    "One row for each non-empty leaf (element text or attribute) of an XML data document that no column claims and no skip list names; all leaves of a family without a reader of ours.",
    [
        text("path", "local names from the root joined by /, an attribute as @name last", at=Xml("every leaf"), null="no"),
        integer("occurrence", "1, 2 …: which leaf of this path in the document", at=Computed("order in the document"), null="no"),
        text("value", "text as filed, entities decoded", at=Xml("the leaf"), null="no"),
    ],
)
