"""`ops`: everything about the work, first of all the ledger (tables.md 6.8)."""

from __future__ import annotations

from filings.schema.columns import (
    Computed,
    Header,
    Ours,
    bigint,
    date,
    flag,
    instant,
    integer,
    plain,
    text,
)

observation = plain(
    "ops.observation",
    "One row for each sighting of a raw version of a filing: the same bytes met at two places are two rows.",
    [
        text("filing_id", "the filing it is a version of", at=Computed("tables.md 1"), null="no"),
        text("raw_sha256", "of the version's own bytes: the version's key", at=Computed("the bytes"), null="no"),
        text("file_sha256", "of the raw record that holds it; equals raw_sha256 where a file is one submission", at=Computed("raw store"), null="no"),
        bigint("byte_offset", "of the version in that record", at=Computed("edgar.md B"), null="no"),
        bigint("byte_length", "length of the version", at=Computed("edgar.md B"), null="no"),
        text("accession_stated", "accession in the header", at=Header((), None, "edgar.md C.2")),
        text("accession_claim", "accession that the source names", at=Ours("path, URL, member or file name")),
        text("accession_claim_by", "edgar_path, url, archive_member, file_name, caller", at=Ours("tables.md 1")),
        text("source_kind", "url, archive, local_file, caller", at=Ours("raw record"), null="no"),
        text("name", "file name or path as given", at=Ours("raw record"), null="no"),
        text("url", "from where it was fetched", at=Ours("raw record")),
        text("archive_member", "member name inside an archive", at=Ours("raw record")),
        instant("seen_at", "when we received it", at=Ours("raw record"), null="no"),
        text("etag", "ETag of the answer", at=Ours("raw record")),
        instant("last_modified", "Last-Modified of the answer", at=Ours("raw record")),
        text("envelope", "as filing.envelope", at=Computed("edgar.md B"), null="no"),
        date("disseminated_on", "wrapper line; else the archive's day", at=Header((), None, "edgar.md B.2, E")),
        flag("is_header_only", "a header without documents", at=Computed("edgar.md B.5"), null="no"),
        flag("is_correction", "flag in the header, or a member .corr##", at=Computed("edgar.md E"), null="no"),
        flag("is_cut_off", "a document is open at the end, or the header is cut", at=Computed("edgar.md A.5"), null="no"),
        integer("document_count", "documents found", at=Computed("edgar.md B"), null="no"),
        flag("is_chosen", "rows of this version stand in the tables", at=Computed("tables.md 2"), null="no"),
        text("chosen_part", "whole, header, documents; NULL when not chosen", at=Computed("tables.md 2")),
        bigint("load_id", "batch that wrote the row", at=Ours("loader"), null="no"),
    ],
    key=("file_sha256", "byte_offset", "name"),
)

ingest_log = plain(
    "ops.ingest_log",
    "The ledger: one row for each version of each filing. It alone decides what is left to do.",
    [
        text("filing_id", "the filing", at=Computed("tables.md 1"), null="no"),
        text("raw_sha256", "the version", at=Computed("ops.observation"), null="no"),
        text("status", "loaded, superseded, no_family, not_readable, quarantined", at=Ours("loader"), null="no"),
        text("reason_code", "list in filings.schema.codes", at=Ours("reader or loader")),
        text("reason_detail", "a sentence with the facts", at=Ours("reader or loader")),
        text("form_type", "as in filing", at=Computed("filing")),
        text("family", "the family that read it, or that gave up", at=Ours("registry")),
        text("core_fingerprint", "of the core tables' declaration", at=Ours("schema"), null="no"),
        text("envelope_fingerprint", "of the envelope reader", at=Ours("reader"), null="no"),
        text("header_fingerprint", "of the header reader", at=Ours("reader"), null="no"),
        text("text_fingerprint", "of the text reader, where it ran", at=Ours("reader")),
        text("family_fingerprint", "of the family: declaration without comments, and its version", at=Ours("registry")),
        bigint("row_count", "rows in all tables", at=Ours("loader"), null="no"),
        text("row_counts", "JSON object, table → rows", at=Ours("loader"), null="no"),
        integer("leaf_count", "non-empty XML leaves met", at=Ours("engine")),
        integer("unclaimed_leaf_count", "of these, in no column and on no skip list", at=Ours("engine")),
        integer("issue_count", "rows in ops.issue", at=Ours("loader"), null="no"),
        bigint("load_id", "batch that loaded it last", at=Ours("loader"), null="no"),
        instant("first_loaded_at", "when this version was first loaded", at=Ours("loader"), null="no"),
        instant("loaded_at", "when it was loaded last", at=Ours("loader"), null="no"),
    ],
    key=("filing_id", "raw_sha256"),
)

issue = plain(
    "ops.issue",
    "One row for each value or place that is not as it should be; the filing is loaded all the same.",
    [
        text("filing_id", "the filing", at=Computed("tables.md 1"), null="no"),
        bigint("load_id", "batch", at=Ours("loader"), null="no"),
        text("code", "list in filings.schema.codes", at=Ours("reader"), null="no"),
        text("table_name", "table of the value", at=Ours("reader")),
        text("column_name", "column of the value", at=Ours("reader")),
        integer("position", "row in that table; NULL for the filing as a whole", at=Ours("reader")),
        integer("document_position", "NULL for the envelope and header", at=Ours("reader")),
        text("text_as_filed", "at most 4,096 characters", at=Ours("reader")),
        bigint("start_byte", "in the document's content; in the raw version where document_position is NULL", at=Ours("reader")),
        bigint("end_byte", "one past the last byte", at=Ours("reader")),
        text("detail", "what was expected, what the other place says", at=Ours("reader")),
    ],
    key=(),
)

check_result = plain(
    "ops.check_result",
    "One row for each row that a SQL check found, of the last run of that check over that batch.",
    [
        text("check_name", "file name in sql/checks", at=Ours("check"), null="no"),
        text("level", "error keeps a batch from being published, warning does not", at=Ours("check"), null="no"),
        text("table_name", "table of the row found", at=Ours("check")),
        text("filing_id", "filing of the row found", at=Ours("check")),
        integer("position", "position of the row found", at=Ours("check")),
        text("detail", "the row found, as text", at=Ours("check")),
        bigint("load_id", "batch checked; NULL for a run over everything", at=Ours("check")),
        instant("checked_at", "when the check ran", at=Ours("check"), null="no"),
    ],
    key=(),
)

dictionary = plain(
    "ops.dictionary",
    "One row for each column of each table, generated from the declarations.",
    [
        text("table_name", "with its schema where it is not main", at=Ours("schema"), null="no"),
        text("column_name", "the column", at=Ours("schema"), null="no"),
        integer("ordinal", "order in the table", at=Ours("schema"), null="no"),
        text("sql_type", "its type", at=Ours("schema"), null="no"),
        flag("is_nullable", "may be NULL", at=Ours("schema"), null="no"),
        text("grain", "what a row of the table is", at=Ours("schema"), null="no"),
        text("meaning", "the comment of the column", at=Ours("schema"), null="no"),
        text("unit", "dollars, shares, percent …", at=Ours("schema")),
        text("place_kind", "Header, Xml, Rule, Computed, Ours", at=Ours("schema"), null="no"),
        text("place", "label and tag, path, page and section, or columns", at=Ours("schema"), null="no"),
        text("family", "family it belongs to; NULL for core, text and ops", at=Ours("registry")),
        text("sec_name", "table and column of the SEC's data sets", at=Ours("registry")),
    ],
    key=("table_name", "column_name"),
)

schema_version = plain(
    "ops.schema_version",
    "One row for each table: the shape it has in this file. The only table with a declared PRIMARY KEY.",
    [
        text("table_name", "PRIMARY KEY", at=Ours("schema"), null="no"),
        text("fingerprint", "of columns and types, without comments", at=Ours("schema"), null="no"),
        text("family", "NULL for core, text and ops", at=Ours("registry")),
        integer("reader_version", "declared by hand, rises when rows would differ", at=Ours("registry"), null="no"),
        text("written_by", "version of filings", at=Ours("loader"), null="no"),
        instant("changed_at", "when the shape was last changed", at=Ours("loader"), null="no"),
    ],
    key=("table_name",),
    declared_key="table_name",
)
