"""What the page of completeness says, asked of a snapshot: plain values, all of the listed filings of one span.

What is listed stands once in a temporary table of the session (a date, a form, an accession number, its state); each
question is an aggregation over it, so that two million filings cost seconds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from filings import __version__, statements
from filings.query.answer import translated
from filings.query.company import with_tickers
from filings.query.compiled import duckdb
from filings.query.completeness import Proof, listed, prove
from filings.query.completeness_page.waiting import Waiting, waiting
from filings.query.connect import CATALOG
from filings.schema.codes import LOGICAL_KEY, REASONS, Status
from filings.selection import Selection
from filings.span import Span

FORMS = 15
"""Forms that have a row of their own; the rest is summed up."""
IN_QUARANTINE = 20
"""Filings in quarantine that are named, for each reason; the rest is counted."""

_MINUTE = "strftime({}, '%Y-%m-%d %H:%M')"
_NUMBER = re.compile(r"(\d{6,})\.duckdb$")


@dataclass(frozen=True, slots=True)
class Volume:
    """The filings of one form, as the view `completeness` counts them; without `form` the sum of the `forms` others."""

    form: str | None
    forms: int
    listed: int
    loaded: int
    quarantined: int
    pending: int
    missing: int


@dataclass(frozen=True, slots=True)
class SetAside:
    """A filing in quarantine. `day` is the day that the index calls filed."""

    accession_number: str
    form: str
    day: str
    company: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason of quarantine: its code, its sentence, how many filings of the span have it, the newest of them."""

    code: str
    sentence: str
    count: int
    filings: tuple[SetAside, ...]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found in the filings of the span: rows, in how many filings, and when last (UTC)."""

    name: str
    level: str
    asks: str
    rows: int
    filings: int
    last_found_at: str | None


@dataclass(frozen=True, slots=True)
class IndexesRead:
    """The indexes of one kind that speak of days of the span: how many, of which days, and when one last said something
    new (UTC)."""

    kind: str
    indexes: int
    first: str
    last: str
    last_read_at: str


@dataclass(frozen=True, slots=True)
class Edition:
    """What was asked: the program's version, the snapshot's number (None for a file that is no link to one), and when a
    batch was last loaded into it (UTC)."""

    version: str
    snapshot: int | None
    last_loaded_at: str | None


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that the page says; `tickers` and the like stand in `selection`."""

    proof: Proof
    selection: Selection
    volumes: tuple[Volume, ...]
    waiting: Waiting
    quarantine: tuple[Reason, ...]
    quarantined_unlisted: int
    checks: tuple[CheckResult, ...]
    checks_elsewhere: int
    read: tuple[IndexesRead, ...]
    edition: Edition


def ask(connection: duckdb.DuckDBPyConnection, span: Span, selection: Selection | None = None) -> Findings:
    """The page's values for a span, of a selection only what it selects. Leaves temporary tables in the session.

    Raises UsageError for a ticker that nobody has, and where the snapshot is of a version that had no indexes.
    """
    wanted = selection or Selection()
    proof = prove(connection, span, wanted)
    source, values = listed(*wanted.condition(with_tickers(connection, wanted.tickers)))
    with translated():
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE of_span AS SELECT date, form, accession_number, state "
            f"FROM {source} WHERE date BETWEEN ? AND ?",
            [*values, span.first, span.last],
        )
        return Findings(
            proof=proof,
            selection=wanted,
            volumes=_volumes(connection),
            waiting=waiting(connection, span),
            quarantine=_quarantine(connection),
            quarantined_unlisted=0 if wanted else _quarantined_unlisted(connection, span),
            checks=_checks(connection),
            checks_elsewhere=_one(
                connection,
                "SELECT count(*) FROM ops.check_result AS r ANTI JOIN of_span AS s ON s.accession_number = r.filing_id",
            ),
            read=_read(connection, span),
            edition=_edition(connection),
        )


def _one(connection: duckdb.DuckDBPyConnection, sql: str, values: list[object] | None = None) -> int:
    return int(connection.execute(sql, values or []).fetchall()[0][0])


def _volumes(connection: duckdb.DuckDBPyConnection) -> tuple[Volume, ...]:
    """By form, the most frequent first, of equal ones by name; the last row sums up the others."""
    rows = connection.execute(
        f"""
        WITH by_form AS (
            SELECT form, count(*) AS listed, count_if(state = 'loaded') AS loaded,
                   count_if(state = 'quarantined') AS quarantined, count_if(state = 'pending') AS pending,
                   count_if(state = 'missing') AS missing, row_number() OVER (ORDER BY count(*) DESC, form) AS rank
            FROM of_span GROUP BY form
        )
        SELECT CASE WHEN rank <= {FORMS} THEN form END AS named, count(*), sum(listed)::BIGINT, sum(loaded)::BIGINT,
               sum(quarantined)::BIGINT, sum(pending)::BIGINT, sum(missing)::BIGINT
        FROM by_form GROUP BY named ORDER BY min(rank)
        """
    ).fetchall()
    return tuple(Volume(*row) for row in rows)


def _quarantine(connection: duckdb.DuckDBPyConnection) -> tuple[Reason, ...]:
    """By reason, the most frequent first; in each the newest filings first. A filing with two damaged versions counts once,
    under the reason of the version that was loaded last."""
    rows = connection.execute(
        f"""
        WITH aside AS (
            SELECT accession_number, max(date) AS date, min(form) AS form FROM of_span WHERE state = 'quarantined'
            GROUP BY accession_number
        ), why AS (
            SELECT filing_id, arg_max(coalesce(reason_code, ''), (loaded_at, raw_sha256)) AS code,
                   arg_max(coalesce(reason_detail, ''), (loaded_at, raw_sha256)) AS detail
            FROM ops.ingest_log WHERE status = 'quarantined' GROUP BY filing_id
        ), named AS (
            SELECT accession_number, min(company_name) AS company FROM ops.index_entry
            SEMI JOIN aside USING (accession_number) WHERE gone_index_file_id IS NULL GROUP BY accession_number
        )
        SELECT code, count(*) OVER (PARTITION BY code), accession_number, form, date, company, nullif(detail, '')
        FROM aside JOIN why ON filing_id = accession_number LEFT JOIN named USING (accession_number)
        QUALIFY row_number() OVER (PARTITION BY code ORDER BY date DESC, accession_number DESC) <= {IN_QUARANTINE}
        ORDER BY 2 DESC, code, date DESC, accession_number DESC
        """
    ).fetchall()
    found: dict[str, tuple[int, list[SetAside]]] = {}
    for code, count, accession_number, form, day, company, detail in rows:
        found.setdefault(code, (count, []))[1].append(SetAside(accession_number, form, str(day), company, detail))
    sentences = REASONS[Status.QUARANTINED]
    return tuple(Reason(code, sentences.get(code, ""), count, tuple(of)) for code, (count, of) in found.items())


def _quarantined_unlisted(connection: duckdb.DuckDBPyConnection, span: Span) -> int:
    """Filings in quarantine whose own date lies in the span and that no index lists there; also those without a date."""
    return _one(
        connection,
        "SELECT count(DISTINCT l.filing_id) FROM ops.ingest_log AS l LEFT JOIN filing AS f USING (filing_id) "
        "ANTI JOIN of_span AS s ON s.accession_number = l.filing_id "
        "WHERE l.status = 'quarantined' AND coalesce(f.filed_on BETWEEN ? AND ?, true)",
        [span.first, span.last],
    )


def _checks(connection: duckdb.DuckDBPyConnection) -> tuple[CheckResult, ...]:
    """Every check that there is, and every one that ever found something: first errors, then warnings, by name."""
    asked = {LOGICAL_KEY[0]: ("error", LOGICAL_KEY[1])}
    for one in statements.read_all(statements.folder() / "checks"):
        asked[one.name] = (one.line("level"), one.line("asks"))
    rows = connection.execute(
        f"""
        SELECT check_name, arg_max(level, checked_at), count(s.accession_number), count(DISTINCT s.accession_number),
               {_MINUTE.format("max(checked_at) FILTER (s.accession_number IS NOT NULL)")}
        FROM ops.check_result AS r
        LEFT JOIN (SELECT DISTINCT accession_number FROM of_span) AS s ON s.accession_number = r.filing_id
        GROUP BY check_name
        """
    ).fetchall()
    found = {row[0]: row[1:] for row in rows}
    for name, (level, *_) in found.items():
        asked.setdefault(name, (level, "It is no longer asked."))
    results = (
        CheckResult(name, level, asks, *(found[name][1:] if name in found else (0, 0, None)))
        for name, (level, asks) in asked.items()
    )
    return tuple(sorted(results, key=lambda one: (one.level != "error", one.name)))


def _read(connection: duckdb.DuckDBPyConnection, span: Span) -> tuple[IndexesRead, ...]:
    rows = connection.execute(
        "SELECT kind, count(DISTINCT index_name), CAST(min(covers_from) AS VARCHAR), CAST(max(covers_to) AS VARCHAR), "
        f"{_MINUTE.format('max(read_at)')} FROM ops.index_file "
        "WHERE kind IN ('daily', 'quarterly') AND row_count IS NOT NULL AND covers_from <= ? AND covers_to >= ? "
        "GROUP BY kind ORDER BY kind",
        [span.last, span.first],
    ).fetchall()
    return tuple(IndexesRead(*row) for row in rows)


def _edition(connection: duckdb.DuckDBPyConnection) -> Edition:
    (path,) = connection.execute("SELECT path FROM duckdb_databases() WHERE database_name = ?", [CATALOG]).fetchall()[0]
    number = _NUMBER.search(path or "")
    ((last,),) = connection.execute(f"SELECT {_MINUTE.format('max(loaded_at)')} FROM ops.ingest_log").fetchall()
    return Edition(__version__, int(number[1]) if number else None, last)
