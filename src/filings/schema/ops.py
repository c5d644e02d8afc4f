"""`ops`: everything about the work, first of all the ledger (tables.md 6.8)."""

from __future__ import annotations

from filings.schema.columns import (
    Computed,
    Header,
    Ours,
    Rule,
    bigint,
    date,
    flag,
    instant,
    integer,
    plain,
    smallint,
    text,
)

observation = plain(
    "ops.observation",
    "One row for each sighting of a raw version of a filing: the same bytes met at two places are two rows.",
    [
        text("filing_id", "the filing of which these bytes are a version", at=Computed("the accession number of the header or of an EDGAR path, else the sha256 of the bytes"), null="no"),
        text("raw_sha256", "sha256 of the version's own bytes: its key", at=Computed("the bytes"), null="no"),
        text("file_sha256", "sha256 of the file that holds the version; equals raw_sha256 where a file is one submission", at=Computed("raw store"), null="no"),
        bigint("byte_offset", "where the version begins in that file", at=Computed("the marks of the envelope"), null="no"),
        bigint("byte_length", "length of the version", at=Computed("the marks of the envelope"), null="no"),
        text("accession_stated", "accession number that the header states", at=Header((), None, "ACCESSION NUMBER / ACCESSION-NUMBER, the first one")),
        text("accession_claim", "accession number that the path, URL or name of the source states", at=Ours("path, URL, member or file name")),
        text("accession_claim_by", "who states that claim: edgar_path, url, archive_member, file_name (never believed), caller", at=Ours("what the claim was read from")),
        text("source_kind", "where the bytes came from: url, archive, local_file, caller", at=Ours("raw record"), null="no"),
        text("name", "path or file name as given, never absolute", at=Ours("raw record"), null="no"),
        text("url", "URL from which it was fetched", at=Ours("raw record")),
        text("archive_member", "name of the member, where it came out of an archive", at=Ours("raw record")),
        instant("seen_at", "when we received it", at=Ours("raw record"), null="no"),
        text("etag", "ETag of the answer", at=Ours("raw record")),
        instant("last_modified", "Last-Modified of the answer", at=Ours("raw record")),
        text("envelope", "outer form of the bytes: sec_document, ims_document, submission, header_text, header_tags, documents, bare", at=Computed("the marks of the envelope"), null="no"),
        date("disseminated_on", "day of dissemination by the version's first line, else the day of the archive that holds it", at=Header((), None, "date behind ` : ` on the wrapper line")),
        flag("is_header_only", "the version is a header without documents", at=Computed("the marks of the envelope"), null="no"),
        flag("is_correction", "the header says that it is a correction or a deletion, or the member's name ends in .corr and a number", at=Computed("a flag of the header, the name of the member"), null="no"),
        flag("is_cut_off", "a document is open at the end, or the header is cut", at=Computed("the marks of the envelope"), null="no"),
        integer("document_count", "documents found in the version", at=Computed("the marks of the envelope"), null="no"),
        flag("is_chosen", "whether rows of this version stand in the tables", at=Computed("the order of versions: intact, with documents, later disseminated, text before tags, more documents"), null="no"),
        text("chosen_part", "what of this version stands in the tables: whole, header, documents; NULL when nothing does", at=Computed("the order of versions: intact, with documents, later disseminated, text before tags, more documents")),
        bigint("load_id", "batch that wrote the row", at=Ours("loader"), null="no"),
    ],
    key=("file_sha256", "byte_offset", "name"),
)

ingest_log = plain(
    "ops.ingest_log",
    "The ledger: one row for each version of each filing. It alone decides what is left to do.",
    [
        text("filing_id", "the filing: its accession number, or sha256: and 24 digits where none is known", at=Computed("the accession number of the header or of an EDGAR path, else the sha256 of the bytes"), null="no"),
        text("raw_sha256", "sha256 of the version's bytes, as in ops.observation", at=Computed("ops.observation"), null="no"),
        text("status", "loaded: its rows stand; superseded: another version is chosen; no_family: nobody reads the form, header and documents stand; not_readable: the form's reader gave up, header and documents stand; quarantined: damaged, what was readable stands", at=Ours("loader"), null="no"),
        text("reason_code", "why it is not simply loaded, as a code: cut_off, tags_stripped, era_without_reader …; reason_detail says it in words", at=Ours("reader or loader")),
        text("reason_detail", "the reason as a sentence, with the facts", at=Ours("reader or loader")),
        text("form_type", "form type, as in filing", at=Computed("filing")),
        text("family", "name of the reader of its form, as ownership; NULL where nobody reads the form", at=Ours("registry")),
        text("core_fingerprint", "fingerprint of the shape of the header and document tables that it was loaded into", at=Ours("schema"), null="no"),
        text("envelope_fingerprint", "fingerprint of the envelope reader that read it; another one than today's: filings upgrade reads it again", at=Ours("reader"), null="no"),
        text("header_fingerprint", "fingerprint of the header reader that read it", at=Ours("reader"), null="no"),
        text("text_fingerprint", "fingerprint of the text reader, where it ran", at=Ours("reader")),
        text("family_fingerprint", "fingerprint of the form's reader that read it: its columns, places and version", at=Ours("registry")),
        bigint("row_count", "rows of this version in all tables", at=Ours("loader"), null="no"),
        text("row_counts", "the same by table, as a JSON object", at=Ours("loader"), null="no"),
        integer("leaf_count", "values (elements and attributes with text) met in its XML data documents", at=Ours("engine")),
        integer("unclaimed_leaf_count", "of these, how many no column takes and nobody leaves out on purpose: they stand in xml_leaf", at=Ours("engine")),
        integer("issue_count", "its rows in ops.issue", at=Ours("loader"), null="no"),
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
        text("filing_id", "filing in which it was seen", at=Computed("the accession number of the header or of an EDGAR path, else the sha256 of the bytes"), null="no"),
        bigint("load_id", "batch that wrote the row", at=Ours("loader"), null="no"),
        text("code", "what is not as it should be, as a code: value_untyped, header_only, dot_doubled …", at=Ours("reader"), null="no"),
        text("table_name", "table of the value", at=Ours("reader")),
        text("column_name", "column of the value", at=Ours("reader")),
        integer("position", "row in that table; NULL for the filing as a whole", at=Ours("reader")),
        integer("document_position", "document in which it was seen; NULL for the envelope and the header", at=Ours("reader")),
        text("text_as_filed", "the text as filed, at most 4,096 characters", at=Ours("reader")),
        bigint("start_byte", "first byte of the place: in the document's content, in the whole version where document_position is NULL", at=Ours("reader")),
        bigint("end_byte", "one past the last byte", at=Ours("reader")),
        text("detail", "what was expected, what the other place says", at=Ours("reader")),
    ],
    key=(),
)

check_result = plain(
    "ops.check_result",
    "One row for each row that a SQL check found, of the last run of that check over that batch.",
    [
        text("check_name", "name of the check: its file in sql/checks", at=Ours("check"), null="no"),
        text("level", "error: the filings found keep no rows and are quarantined; warning: it is only told", at=Ours("check"), null="no"),
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
        text("table_name", "the table, with its schema where it is not main", at=Ours("schema"), null="no"),
        text("column_name", "the column", at=Ours("schema"), null="no"),
        integer("ordinal", "order in the table", at=Ours("schema"), null="no"),
        text("sql_type", "type of the column, as DuckDB spells it", at=Ours("schema"), null="no"),
        flag("is_nullable", "whether it may be NULL", at=Ours("schema"), null="no"),
        text("grain", "what a row of the table is", at=Ours("schema"), null="no"),
        text("meaning", "the comment of the column", at=Ours("schema"), null="no"),
        text("unit", "dollars, shares, percent …", at=Ours("schema")),
        text("place_kind", "where values come from: Header (a label of the header), Xml (a path in the data document), Rule (a rule of the specification), Computed (other columns, the shape of the file), Ours (the pipeline)", at=Ours("schema"), null="no"),
        text("place", "label and tag, path, page and section, or columns", at=Ours("schema"), null="no"),
        text("family", "reader of the form it belongs to; NULL where it belongs to all forms", at=Ours("registry")),
        text("sec_name", "table and column of the SEC's data sets", at=Ours("registry")),
    ],
    key=("table_name", "column_name"),
)

schema_version = plain(
    "ops.schema_version",
    "One row for each table: the shape it has in this file. The only table with a declared PRIMARY KEY.",
    [
        text("table_name", "the table, with its schema where it is not main; the only declared PRIMARY KEY", at=Ours("schema"), null="no"),
        text("fingerprint", "fingerprint of its columns and types, without comments", at=Ours("schema"), null="no"),
        text("family", "reader of the form it belongs to; NULL where it belongs to all forms", at=Ours("registry")),
        integer("reader_version", "version of that reader when the table was made; rises by hand when rows would differ", at=Ours("registry"), null="no"),
        text("written_by", "version of filings that made the table", at=Ours("loader"), null="no"),
        instant("changed_at", "when the shape was last changed", at=Ours("loader"), null="no"),
    ],
    key=("table_name",),
    declared_key="table_name",
)

index_entry = plain(
    "ops.index_entry",
    "One row for each different line of an index file (equal lines once, counted).",
    [
        bigint("index_file_id", "reading in ops.index_file in which the line was first read", at=Ours("loader"), null="no"),
        bigint("gone_index_file_id", "first later reading of the same index that lacks the line; NULL while it stands", at=Ours("loader")),
        text("accession_number", "accession number, from the path", at=Rule("edgar.md D"), null="no", form="accession"),
        text("cik", "CIK of the party that the line names, 10 digits", at=Rule("edgar.md D"), null="no", form="cik"),
        text("form_type", "form type as the index states it; daily form and company indexes cut it off", at=Rule("edgar.md D"), null="no"),
        text("company_name", "name of the party, as stated", at=Rule("edgar.md D")),
        date("filed_on", "filing date, as stated; a late line keeps its old date", at=Rule("edgar.md D")),
        text("path", "path below /Archives/, as stated", at=Rule("edgar.md D"), null="no"),
        smallint("copies", "how often the equal line stands in that reading: a party with two file numbers stands twice", at=Computed("edgar.md D.4"), null="no"),
        bigint("load_id", "batch that wrote the row", at=Ours("loader"), null="no"),
    ],
    key=("index_file_id", "cik", "form_type", "filed_on", "path"),
)

index_file = plain(
    "ops.index_file",
    "One row for each reading of an index, directory listing, feed page, feed archive, company data or ticker file, where it said something new.",
    [
        bigint("index_file_id", "1, 2, 3 … in the order of read_at, then sha256", at=Ours("loader"), null="no"),
        text("index_name", "path below /Archives/edgar/ without a suffix of compression, or the name of the feed", at=Ours("client"), null="no"),
        text("kind", "daily, quarterly, listing, latest_feed, feed_archive, company_json, ticker_file", at=Ours("client"), null="no"),
        text("url", "address that was read; NULL for a local file", at=Ours("client")),
        date("covers_from", "first day that it speaks of", at=Rule("edgar.md D")),
        date("covers_to", "last day that it speaks of", at=Rule("edgar.md D")),
        instant("read_at", "when it was read", at=Ours("client"), null="no"),
        text("verdict", "what the answer was: index, json, gzip …; s3_access_denied or s3_no_such_key where EDGAR's store says that nothing lies there", at=Rule("edgar.md A.5"), null="no"),
        text("sha256", "sha256 of the file as received; NULL where there was none", at=Computed("the bytes")),
        bigint("byte_length", "length of the file as received", at=Computed("the bytes")),
        text("etag", "ETag of the answer", at=Ours("client")),
        instant("last_modified", "Last-Modified of the answer", at=Ours("client")),
        bigint("row_count", "lines with a filing, equal ones counted each", at=Computed("edgar.md D")),
        bigint("load_id", "batch that wrote the row", at=Ours("loader"), null="no"),
    ],
    key=("index_file_id",),
)

alert = plain(
    "ops.alert",
    "One row for each alert sent for a filing.",
    [
        text("rule_name", "name of the rule: its table [alerts.NAME] in settings.toml", at=Ours("alert rules of the settings"), null="no"),
        text("filing_id", "filing of which was told", at=Ours("alert rules of the settings"), null="no"),
        text("raw_sha256", "sha256 of the version of which was told; a later version of the same filing is told of no more", at=Ours("alert rules of the settings"), null="no"),
        text("run_id", "number of the newest run, as filings status lists them, when it was sent", at=Ours("alert rules of the settings")),
        instant("sent_at", "when it was sent; of one that did not go, the attempt that first failed so", at=Ours("alert rules of the settings"), null="no"),
        text("outcome", "sent; failed: and why, a later run tries again; given up: and why, no run does", at=Ours("alert rules of the settings"), null="no"),
        bigint("load_id", "batch that wrote the row", at=Ours("alert rules of the settings"), null="no"),
    ],
    key=("rule_name", "filing_id"),
)
